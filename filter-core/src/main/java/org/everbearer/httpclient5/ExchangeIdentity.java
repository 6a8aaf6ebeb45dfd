package org.everbearer.httpclient5;

import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * The identity that one exchange began with, kept in its context because later hops run on other threads. Keyed to the
 * exchange: a caller may use one context for many exchanges, one after the other, on behalf of different users.
 */
final class ExchangeIdentity {
  private final OutboundTokens owner;
  private final String exchangeId;
  private final Object identity;

  private ExchangeIdentity(OutboundTokens owner, String exchangeId, Object identity) {
    this.owner = owner;
    this.exchangeId = exchangeId;
    this.identity = identity;
  }

  /** One name per owner, so that two clients on one chain keep their identities apart. */
  static String attributeOf(OutboundTokens owner) {
    return ExchangeIdentity.class.getName() + '@' + Integer.toHexString(System.identityHashCode(owner));
  }

  /** On the first hop, the calling thread's identity; on later ones, that of the first hop. */
  static Object of(OutboundTokens owner, String attribute, HttpContext context, String exchangeId) {
    Object kept = context.getAttribute(attribute);
    if (kept instanceof ExchangeIdentity) {
      ExchangeIdentity exchange = (ExchangeIdentity) kept;
      if (exchange.owner == owner && exchange.exchangeId.equals(exchangeId)) return exchange.identity;
    }
    Object identity = owner.currentIdentity();
    context.setAttribute(attribute, new ExchangeIdentity(owner, exchangeId, identity));
    return identity;
  }
}
