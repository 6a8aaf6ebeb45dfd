package org.everbearer.coordinator;

import java.nio.charset.StandardCharsets;

/**
 * Under which keys a store keeps a client: the web application's own tokens under the client's key, those of an identity
 * under {@code <client's key>/<identity>}. A slash in the client's key is escaped, so that no two clients and identities
 * share a key, and a store can tell the one kind from the other.
 */
final class StoreKeys {
  private StoreKeys() {}

  static String ofApplication(String storeKey) {
    return storeKey.replace("%", "%25").replace("/", "%2F");
  }

  /**
   * @param applicationKey as {@link #ofApplication} made it
   * @throws IllegalArgumentException if the identity is no text: stores write keys in UTF-8, in which all unpaired
   *     surrogates are the same question mark
   */
  static String ofIdentity(String applicationKey, String identity) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(identity)) {
      throw new IllegalArgumentException("the identity is no Unicode text: it has an unpaired surrogate. Remedy: encode it,"
          + " for instance in Base64, if it was made of bytes");
    }
    return applicationKey + "/" + identity;
  }
}
