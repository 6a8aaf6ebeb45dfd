/** What people see of a client: log lines, counters, MBean, JSON and Prometheus text, made from events and nothing else. */
package org.everbearer.observe;
