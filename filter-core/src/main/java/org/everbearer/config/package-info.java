/** From init parameters to a running client: reading, checking all at once, and putting the parts together. */
package org.everbearer.config;
