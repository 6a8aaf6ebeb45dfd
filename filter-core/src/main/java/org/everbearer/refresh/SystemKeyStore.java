package org.everbearer.refresh;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

/**
 * One of the two stores that the JVM's properties name. The JDK uses a trust store that is missing, or whose password
 * is wrong, as if it were empty, and does not say so: when nobody is trusted, this finds out why.
 */
enum SystemKeyStore {
  TRUST("javax.net.ssl.trustStore"),
  KEYS("javax.net.ssl.keyStore");

  private final String property;

  SystemKeyStore(String property) {
    this.property = property;
  }

  boolean isSet() {
    String path = System.getProperty(property);
    return path != null && !path.isEmpty() && !path.equals("NONE");
  }

  /** What is wrong with the store that is named, or null. */
  String problem() {
    if (!isSet()) return null;
    String path = System.getProperty(property);
    File file = new File(path);
    String named = property + " names " + path;
    if (!file.exists()) return named + ", and there is no such file";
    if (!file.canRead() || file.isDirectory()) return named + ", which cannot be read as this user";
    String password = System.getProperty(property + "Password", "");
    try (InputStream in = new FileInputStream(file)) {
      KeyStore store = KeyStore.getInstance(System.getProperty(property + "Type", KeyStore.getDefaultType()));
      store.load(in, password.isEmpty() ? null : password.toCharArray());
      return store.size() > 0 ? null : named + ", which holds nothing" + (password.isEmpty()
          ? " that can be read without " + property + "Password" : "");
    } catch (IOException | GeneralSecurityException e) {
      return named + ", which cannot be opened: " + property + "Password is wrong, or it is no store of the type "
          + System.getProperty(property + "Type", KeyStore.getDefaultType()) + " (" + property + "Type)";
    }
  }

  /** Where to put what is missing. */
  String advice() {
    return isSet() ? "add the authority that signed it to " + System.getProperty(property) + " (" + property + ")"
        : "add the authority that signed it to a trust store and name that by " + property;
  }
}
