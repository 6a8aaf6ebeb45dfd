/**
 * What the library's own classes use to say something: redaction, and loggers that are heard without a provider of SLF4J.
 * Not for applications.
 */
package org.everbearer.log;
