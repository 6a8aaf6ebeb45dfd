/**
 * The protocols of token endpoints: how the current tokens are turned into new ones, and what each answer means.
 */
package org.everbearer.refresh;
