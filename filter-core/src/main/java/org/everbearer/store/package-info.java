/**
 * The stores that outlive a process, and the encryption of what they keep.
 *
 * <p>{@link org.everbearer.store.FileTokenStore} for one host, {@link org.everbearer.store.DotenvTokenStore} for a
 * {@code .env} file that people edit, {@link org.everbearer.store.JdbcTokenStore} for several nodes or many identities.
 */
package org.everbearer.store;
