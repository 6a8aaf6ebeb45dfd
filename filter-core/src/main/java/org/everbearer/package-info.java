/**
 * The contracts: tokens and where they come from ({@link org.everbearer.TokenSource}), who stores them ({@link
 * org.everbearer.TokenStore}) and who gets new ones ({@link org.everbearer.TokenRefresher}), what happens ({@link
 * org.everbearer.TokenEvent}) and what goes wrong ({@link org.everbearer.TokenException}). It depends on nothing else of the
 * library.
 */
package org.everbearer;
