package org.everbearer;

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

  /** @param applicationKey as {@link #ofApplication} made it */
  static String ofIdentity(String applicationKey, String identity) {
    return applicationKey + "/" + identity;
  }
}
