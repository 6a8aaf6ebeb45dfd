/** Metrics by Micrometer, for applications that have it. Nothing else in the library knows this package. */
package org.everbearer.micrometer;
