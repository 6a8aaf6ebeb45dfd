/** Apache HttpClient 5, classic and asynchronous: attaches tokens to requests, and replaces those that are rejected. */
package org.everbearer.httpclient5;
