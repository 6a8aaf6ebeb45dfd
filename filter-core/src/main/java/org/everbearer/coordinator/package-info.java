/**
 * What keeps tokens valid: one refresh at a time per token family, over threads and nodes. Only {@link
 * org.everbearer.coordinator.RefreshCoordinator} and its builder are public; the locking story is in RATIONALE.md.
 */
package org.everbearer.coordinator;
