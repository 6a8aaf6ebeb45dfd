package org.everbearer.refresh;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority of the test's own, and certificates that it has signed, made by the JDK's keytool. */
final class TestAuthority {
  static final String PASSWORD = "for-tests-only";

  private final Path directory;
  private final KeyStore all;

  TestAuthority(Path directory) throws Exception {
    this.directory = directory;
    keytool("-alias", "ca", "-dname", "CN=Test CA", "-ext", "bc:c");
    signed("good", "-ext", "san=ip:127.0.0.1");
    signed("other-name", "-ext", "san=dns:other.example.com");
    signed("expired", "-ext", "san=ip:127.0.0.1", "-startdate", "-30d");
    keytool("-alias", "stranger", "-dname", "CN=stranger", "-ext", "san=ip:127.0.0.1");
    all = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve("all.p12"))) {
      all.load(in, PASSWORD.toCharArray());
    }
  }

  private void signed(String alias, String... more) throws Exception {
    List<String> options = new ArrayList<>(List.of("-alias", alias, "-dname", "CN=" + alias, "-signer", "ca"));
    options.addAll(List.of(more));
    keytool(options.toArray(new String[0]));
  }

  private void keytool(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair", "-keyalg", "EC", "-validity", "2", "-storetype", "PKCS12", "-storepass", PASSWORD,
        "-keystore", directory.resolve("all.p12").toString()));
    command.addAll(List.of(options));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes());
    if (keytool.waitFor() != 0) throw new IllegalStateException("keytool failed: " + output);
  }

  /** A trust store with the authority in it. */
  Path trustStore() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", all.getCertificate("ca"));
    return saved(store, "trust.p12");
  }

  Path emptyStore() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return saved(store, "empty.p12");
  }

  /** A key store with one key in it. */
  Path keyStore(String alias) throws Exception {
    return saved(only(alias), alias + ".p12");
  }

  private Path saved(KeyStore store, String name) throws Exception {
    Path file = directory.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  private KeyStore only(String alias) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(alias, all.getKey(alias, PASSWORD.toCharArray()), PASSWORD.toCharArray(),
        all.getCertificateChain(alias));
    return store;
  }

  /** For a server that shows this certificate, and trusts the authority's clients. */
  SSLContext context(String alias) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(only(alias), PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", all.getCertificate("ca"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
