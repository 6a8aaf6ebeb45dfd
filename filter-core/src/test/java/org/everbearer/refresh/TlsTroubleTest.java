package org.everbearer.refresh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Connections that do not come about say why, and that nothing was sent. In JVMs with properties of their own. */
@Timeout(120)
class TlsTroubleTest {
  @TempDir
  static Path directory;
  private static TestAuthority authority;

  @BeforeAll
  static void certificates() throws Exception {
    authority = new TestAuthority(directory);
  }

  private static List<String> probe(List<String> properties, String... urls) throws Exception {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
    for (String property : properties) command.add("-D" + property);
    command.add(TlsProbe.class.getName());
    command.addAll(Arrays.asList(urls));
    Path errors = Files.createTempFile(directory, "probe", ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), () -> output + read(errors));
    List<String> lines = output.lines().toList();
    assertEquals(urls.length, lines.size(), output);
    return lines;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static List<String> trusting(String... more) throws Exception {
    List<String> properties = new ArrayList<>(List.of("javax.net.ssl.trustStore=" + authority.trustStore(),
        "javax.net.ssl.trustStorePassword=" + TestAuthority.PASSWORD));
    properties.addAll(List.of(more));
    return properties;
  }

  private static void assertNotSent(String line, String... words) {
    assertTrue(line.startsWith("NOT_SENT "), line);
    for (String word : words) assertTrue(line.contains(word), () -> word + " is missing in " + line);
  }

  @Test
  void serversCertificate_saysWhatIsWrongWithIt() throws Exception {
    try (TlsServer good = TlsServer.speaking(authority.context("good"), false, "TLSv1.3", "TLSv1.2");
        TlsServer otherName = TlsServer.speaking(authority.context("other-name"), false, "TLSv1.3");
        TlsServer expired = TlsServer.speaking(authority.context("expired"), false, "TLSv1.3");
        TlsServer stranger = TlsServer.speaking(authority.context("stranger"), false, "TLSv1.3")) {
      List<String> lines = probe(trusting(), good.url(), otherName.url(), expired.url(), stranger.url());
      assertEquals("OK next", lines.get(0));
      assertNotSent(lines.get(1), "certificate is for another name than the one in the URL");
      assertNotSent(lines.get(2), "certificate has expired", "clock");
      assertNotSent(lines.get(3), "signed by nobody whom this JVM trusts", "add the authority that signed it to "
          + authority.trustStore());
      for (TlsServer server : List.of(otherName, expired, stranger)) assertEquals(0, server.requests.get());

      assertNotSent(probe(List.of(), good.url()).get(0), "signed by nobody whom this JVM trusts",
          "name that by javax.net.ssl.trustStore");
    }
  }

  @Test
  void trustStoreThatCannotBeUsed_isNamed() throws Exception {
    Path store = authority.trustStore();
    String wrong = "javax.net.ssl.trustStorePassword=wrong";
    Path text = Files.writeString(directory.resolve("text.p12"), "no store");
    try (TlsServer good = TlsServer.speaking(authority.context("good"), false, "TLSv1.3", "TLSv1.2")) {
      assertNotSent(probe(List.of("javax.net.ssl.trustStore=" + store, wrong), good.url()).get(0),
          store.toString(), "javax.net.ssl.trustStorePassword is wrong");
      assertNotSent(probe(List.of("javax.net.ssl.trustStore=" + directory.resolve("none"), wrong), good.url()).get(0),
          directory.resolve("none").toString(), "there is no such file");
      assertNotSent(probe(List.of("javax.net.ssl.trustStore=" + text, wrong), good.url()).get(0),
          text.toString(), "trustStoreType");
      assertNotSent(probe(List.of("javax.net.ssl.trustStore=" + authority.emptyStore(),
          "javax.net.ssl.trustStorePassword=" + TestAuthority.PASSWORD), good.url()).get(0), "holds nothing");
      assertEquals(0, good.requests.get());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void serverThatWantsAClientCertificate_isNotSentAndSaysSo(String version) throws Exception {
    try (TlsServer server = TlsServer.speaking(authority.context("good"), true, version)) {
      assertNotSent(probe(trusting(), server.url()).get(0), "the server wants a client certificate (mutual TLS)",
          "javax.net.ssl.keyStore");
      assertEquals(0, server.requests.get());

      String password = "javax.net.ssl.keyStorePassword=" + TestAuthority.PASSWORD;
      Path stranger = authority.keyStore("stranger");
      assertNotSent(probe(trusting("javax.net.ssl.keyStore=" + stranger, password), server.url()).get(0),
          "does not accept the one in javax.net.ssl.keyStore");
      assertNotSent(probe(trusting("javax.net.ssl.keyStore=" + stranger, "javax.net.ssl.keyStorePassword=wrong"),
          server.url()).get(0), "javax.net.ssl.keyStorePassword is wrong");
      assertEquals(0, server.requests.get());

      assertEquals("OK next",
          probe(trusting("javax.net.ssl.keyStore=" + authority.keyStore("good"), password), server.url()).get(0));
    }
  }

  private static TlsServer.Connection alert(int description) {
    return (socket, server) -> {
      socket.getInputStream().read();
      socket.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 2, (byte) description});
      socket.shutdownOutput();
      TlsServer.drain(socket);
    };
  }

  @Test
  void portThatSpeaksNoTls_saysWhatItSpeaks() throws Exception {
    try (TlsServer plain = new TlsServer((socket, server) -> {
      socket.getInputStream().read();
      RawServer.write(socket.getOutputStream(), "HTTP/1.1 400 Bad Request\r\n\r\n");
      socket.shutdownOutput();
      TlsServer.drain(socket);
    }); TlsServer hangsUp = new TlsServer((socket, server) -> {
      socket.getInputStream().read();
      socket.shutdownOutput();
      TlsServer.drain(socket);
    }); TlsServer resets = new TlsServer((socket, server) -> {
      socket.getInputStream().read();
      socket.setSoLinger(true, 0);
    }); TlsServer failure = new TlsServer(alert(40)); TlsServer version = new TlsServer(alert(70));
        TlsServer name = new TlsServer(alert(112)); TlsServer internal = new TlsServer(alert(80))) {
      List<String> lines = probe(List.of(), plain.url(), hangsUp.url(), resets.url(), failure.url(), version.url(),
          name.url(), internal.url(), "https://no-such-host.invalid/token");
      assertNotSent(lines.get(0), "this port speaks plain http");
      assertNotSent(lines.get(1), "hung up during the TLS handshake");
      assertNotSent(lines.get(2), "hung up during the TLS handshake");
      assertNotSent(lines.get(3), "TLS version, cipher or certificate", "client certificate");
      assertNotSent(lines.get(4), "another version of TLS");
      assertNotSent(lines.get(5), "does not know the name");
      assertNotSent(lines.get(6), "refuses the TLS handshake");
      assertNotSent(lines.get(7), "check the host's name");
      for (String line : lines) assertFalse(line.contains("trustStore"), line);
    }
  }
}
