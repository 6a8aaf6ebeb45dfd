/** The web application: filter, start and end, identities of requests and sessions, and the status page. */
package org.everbearer.servlet;
