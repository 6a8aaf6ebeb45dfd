package org.everbearer.config;

import java.util.ArrayList;
import java.util.List;
import org.everbearer.TokenRefresher;

/** The parsed {@code protocol}: one of ours, or a class of the application's own. */
final class ProtocolChoice {
  private final Protocol protocol;
  private final Class<? extends TokenRefresher> type;

  private ProtocolChoice(Protocol protocol, Class<? extends TokenRefresher> type) {
    this.protocol = protocol;
    this.type = type;
  }

  static ProtocolChoice parse(String text, ConfigSource source) {
    List<String> names = new ArrayList<>();
    for (Protocol protocol : Protocol.values()) {
      if (protocol == Protocol.CUSTOM) continue;
      if (protocol.spelling().equals(text)) return new ProtocolChoice(protocol, null);
      names.add(protocol.spelling());
    }
    if (ApplicationClass.looksLikeOne(text)) {
      return new ProtocolChoice(Protocol.CUSTOM, ApplicationClass.load(text, TokenRefresher.class));
    }
    throw new IllegalArgumentException("must be " + Values.oneOf(names) + ", or the full name of a class that implements "
        + TokenRefresher.class.getName() + Spelling.didYouMean(text, names));
  }

  Protocol protocol() {
    return protocol;
  }

  /** Null unless the protocol is {@link Protocol#CUSTOM}. */
  Class<? extends TokenRefresher> type() {
    return type;
  }

  @Override
  public String toString() {
    return type == null ? protocol.spelling() : type.getName();
  }
}
