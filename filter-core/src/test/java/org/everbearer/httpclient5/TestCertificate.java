package org.everbearer.httpclient5;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.ssl.SSLContexts;

/** A self-signed certificate for localhost and 127.0.0.1, made by the JDK's keytool when first needed. */
record TestCertificate(KeyStore keyStore) {
  static final String PASSWORD = "for-tests-only";

  private static final class Shared {
    static final TestCertificate CERTIFICATE = make();
  }

  static TestCertificate shared() {
    return Shared.CERTIFICATE;
  }

  SSLContext trustingContext() throws Exception {
    return SSLContexts.custom().loadTrustMaterial(keyStore, null).build();
  }

  private static TestCertificate make() {
    try {
      Path directory = Files.createTempDirectory("test-certificate");
      Path file = directory.resolve("test.p12");
      Process keytool = new ProcessBuilder(
          Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
          "-genkeypair", "-alias", "test", "-keyalg", "EC", "-dname", "CN=localhost", "-validity", "2",
          "-ext", "san=dns:localhost,ip:127.0.0.1",
          "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", file.toString())
          .redirectErrorStream(true).start();
      String output = new String(keytool.getInputStream().readAllBytes());
      if (keytool.waitFor() != 0) throw new IllegalStateException("keytool failed: " + output);
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, PASSWORD.toCharArray());
      }
      Files.delete(file);
      Files.delete(directory);
      return new TestCertificate(store);
    } catch (Exception e) {
      throw new IllegalStateException("no certificate for the tests", e);
    }
  }
}
