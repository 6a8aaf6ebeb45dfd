package org.everbearer.refresh;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Replies that are complete although their framing is broken, in every way that it can be; and those that are not. */
@Timeout(60)
class ReplyFramingTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  private static final String BODY = "{\"access_token\":\"new-access-token\",\"refresh_token\":\"next\"}";
  private static final int LENGTH = BODY.length();
  // Far longer than any of the tests may take: what waits for it fails by the time-out of the class.
  private static final Duration LONG = Duration.ofSeconds(500);

  private static TokenSet refresh(RawServer server, Duration timeout) throws TokenException {
    try (Closing r = new Closing(RefreshTokenGrant.builder(
        TokenEndpoint.builder("raw").uri(server.url()).requestTimeout(timeout).build()).build())) {
      return r.refresh(TokenRefresherContract.current());
    } finally {
      assertEquals(1, server.requests.size(), "one attempt is one request");
    }
  }

  private static void assertTaken(RawServer.Script script) throws Exception {
    try (RawServer server = new RawServer(script)) {
      assertEquals(TokenSet.of("new-access-token", "next"), refresh(server, LONG));
    }
  }

  private static TokenException failure(RawServer.Script script) throws Exception {
    try (RawServer server = new RawServer(script)) {
      TokenException e = assertThrows(TokenException.class, () -> refresh(server, LONG));
      TokenRefresherContract.assertTellsNoSecret(e);
      return e;
    }
  }

  private static RawServer.Script says(String reply) {
    return (socket, out) -> RawServer.write(out, reply);
  }

  private static RawServer.Script saysAndResets(String reply) {
    return (socket, out) -> {
      RawServer.write(out, reply);
      awaitRead(socket);
      socket.setSoLinger(true, 0);
    };
  }

  private static RawServer.Script saysAndHangs(String reply) {
    return (socket, out) -> {
      RawServer.write(out, reply);
      socket.getInputStream().read();
    };
  }

  // A reset throws away what the other side has not read; what it has read is what this is about.
  private static void awaitRead(Socket socket) throws Exception {
    socket.setSoTimeout(300);
    try {
      socket.getInputStream().read();
    } catch (SocketTimeoutException read) {
      // By now.
    }
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  private static Named<String> named(String name, String head) {
    return Named.of(name, head);
  }

  static Stream<Named<String>> brokenFramings() {
    String chunked = "Transfer-Encoding: chunked\r\n\r\n";
    String shorter = BODY.substring(0, LENGTH - 1);
    return Stream.of(
        named("no last chunk", OK + chunked + chunk(BODY)),
        named("no end of the chunk", OK + chunked + Integer.toHexString(LENGTH) + "\r\n" + BODY),
        named("chunk announced longer", OK + chunked + Integer.toHexString(LENGTH + 1) + "\r\n" + BODY),
        named("garbage for the last chunk", OK + chunked + chunk(BODY) + "zz\r\n\r\n"),
        named("garbage in the trailers", OK + chunked + chunk(BODY) + "0\r\n\u0001no colon\r\n\r\n"),
        named("length too large by one", OK + "Content-Length: " + (LENGTH + 1) + "\r\n\r\n" + BODY),
        named("length too large by far", OK + "Content-Length: 999999999999\r\n\r\n" + BODY),
        named("length too small by one", OK + "Content-Length: " + (LENGTH - 1) + "\r\n\r\n" + BODY),
        named("length too small by far", OK + "Content-Length: 1\r\n\r\n" + BODY),
        named("length of characters", OK + "Content-Length: " + (LENGTH + 12) + "\r\n\r\n"
            + shorter + ",\"x\":\"\u00c3\u00a4\u00c3\u00b6\u00c3\u00bc\"}"),
        named("two lengths", OK + "Content-Length: 7\r\nContent-Length: " + LENGTH + "\r\n\r\n" + BODY),
        named("length that is none", OK + "Content-Length: many\r\n\r\n" + BODY),
        named("length below zero", OK + "Content-Length: -1\r\n\r\n" + BODY),
        named("unknown transfer coding", OK + "Transfer-Encoding: identity\r\n\r\n" + BODY),
        named("chunked and a length", OK + "Content-Length: 3\r\n" + chunked + chunk(BODY) + "0\r\n\r\n"),
        named("neither length nor chunks", OK + "\r\n" + BODY),
        named("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n" + BODY),
        named("HTTP/1.0 that would go on", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n" + BODY),
        named("no reason phrase", "HTTP/1.1 200\r\n\r\n" + BODY),
        named("bare line feeds", "HTTP/1.1 200 OK\nContent-Length: " + LENGTH + "\n\n" + BODY),
        named("byte order mark", OK + "\r\n\u00ef\u00bb\u00bf" + BODY),
        named("NUL at the end", OK + "Content-Length: " + (LENGTH + 1) + "\r\n\r\n" + BODY + "\0"),
        named("line ends around", OK + "\r\n\r\n \n" + BODY + "\r\n\r\n"),
        named("header without a colon", "HTTP/1.1 200 OK\r\nX-Nonsense\r\n\r\n" + BODY),
        named("false labels", "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-16\r\n"
            + "Content-Encoding: gzip\r\n\r\n" + BODY),
        named("odd dates and pauses", OK + "Date: yesterday\r\nRetry-After: \u00fc\r\n\r\n" + BODY),
        named("1xx before it", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK
            + "Content-Length: " + LENGTH + "\r\n\r\n" + BODY));
  }

  @ParameterizedTest
  @MethodSource("brokenFramings")
  void completeTokens_areTakenWhenTheConnectionEnds(String reply) throws Exception {
    assertTaken(says(reply));
  }

  @ParameterizedTest
  @MethodSource("brokenFramings")
  void completeTokens_areTakenWhenTheConnectionIsReset(String reply) throws Exception {
    assertTaken(saysAndResets(reply));
  }

  @ParameterizedTest
  @MethodSource("brokenFramings")
  void completeTokens_areTakenLongBeforeTheDeadlineWhenTheEndNeverComes(String reply) throws Exception {
    assertTaken(saysAndHangs(reply));
  }

  @Test
  void completeTokens_areTakenAtTheDeadlineToo() throws Exception {
    try (RawServer server = new RawServer(saysAndHangs(OK + "Content-Length: 9999\r\n\r\n" + BODY))) {
      assertEquals("next", refresh(server, Duration.ofMillis(300)).refreshToken());
    }
  }

  @Test
  void bodyThatDripsWhileItIsChecked_isTaken() throws Exception {
    String nested = "{\"a\":{},\"b\":{\"c\":{}},\"s\":\"}}}}\"," + BODY.substring(1);
    assertTaken((socket, out) -> {
      RawServer.write(out, OK + "Content-Length: 9999\r\n\r\n");
      socket.setTcpNoDelay(true);
      for (char c : nested.toCharArray()) RawServer.write(out, String.valueOf(c));
      socket.getInputStream().read();
    });
  }

  @ParameterizedTest
  @CsvSource({"400,invalid_grant,REJECTED", "403,invalid_grant,REJECTED", "401,invalid_client,CONFIGURATION",
      "400,something_else,CONFIGURATION", "500,something_else,TRANSIENT", "502,invalid_grant,REJECTED",
      "502,something_else,AMBIGUOUS", "200,bad_refresh_token,REJECTED", "200,something_else,AMBIGUOUS"})
  void completeErrorObject_isAnAnswer(int status, String code, Reason reason) throws Exception {
    String error = "HTTP/1.1 " + status + " No\r\nContent-Length: 1000\r\n\r\n{\"error\":\"" + code + "\"}";
    assertEquals(reason, failure(says(error)).reason());
    assertEquals(reason, failure(saysAndHangs(error)).reason());
    assertEquals(reason, failure(saysAndResets(error)).reason());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"200 OK|{\"access_token\":\"new-access-token\",\"refresh_token\":\"nex",
      "200 OK|{\"access_token\":\"new-access-token\"", "200 OK|{}", "200 OK|[{}]", "200 OK|{\"a\":1}",
      "200 OK|<html></html>", "401 No|{}", "401 No|{\"message\":\"Unauthorized\"}", "401 No|unauthorized",
      "400 No|{\"error\":\"invalid_grant\"",
      "400 No|invalid_grant", "503 No|later", "403 No|<html>go away</html>", "302 Found|{\"error\":\"x\"}"})
  void anythingElseThatBrokeOff_isAmbiguous(String status, String body) throws Exception {
    String reply = "HTTP/1.1 " + status + "\r\nContent-Length: 1000\r\n\r\n" + body;
    assertEquals(Reason.AMBIGUOUS, failure(says(reply)).reason());
    assertEquals(Reason.AMBIGUOUS, failure(saysAndResets(reply)).reason());
  }

  @Test
  void twoObjects_areNone() throws Exception {
    assertEquals(Reason.AMBIGUOUS, failure(says(OK + "\r\n" + BODY + BODY)).reason());
    assertEquals(Reason.AMBIGUOUS, failure(says(OK + "\r\n" + BODY + "\0" + BODY)).reason());
    assertEquals(Reason.AMBIGUOUS, failure(says(OK + "\r\n" + BODY.replace("n", "\0"))).reason());
  }

  @Test
  void endlessNesting_isNoObjectAndBreaksNothing() throws Exception {
    String nested = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);
    assertEquals(Reason.AMBIGUOUS, failure(says(OK + "\r\n" + nested)).reason());
    assertEquals(Reason.AMBIGUOUS, failure(says(OK + "\r\n" + "[".repeat(1_000_000))).reason());
  }

  @Test
  void whatFollowsTheDeclaredLength_isNotRead() throws Exception {
    assertTaken(saysAndHangs(OK + "Content-Length: " + LENGTH + "\r\n\r\n" + BODY + "HTTP/1.1 400 No\r\n\r\n{}"));
    assertEquals(Reason.CONFIGURATION,
        failure(saysAndHangs("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno" + BODY)).reason());
    assertEquals(Reason.TRANSIENT, failure(saysAndHangs("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")).reason());
  }

  @Test
  void errorOfTheRightLengthThatIsNoJson_isDecidedByTheStatus() throws Exception {
    assertEquals(Reason.TRANSIENT,
        failure(saysAndHangs("HTTP/1.1 503 No\r\nContent-Length: 7\r\n\r\n{later}")).reason());
  }

  private interface Coding {
    OutputStream over(OutputStream out) throws Exception;
  }

  private static byte[] coded(String text, Coding coding) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = coding.over(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static RawServer.Script says(String head, byte[] body) {
    return (socket, out) -> {
      RawServer.write(out, head);
      out.write(body);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "x-gzip", "GZIP", "identity", "", "br"})
  void gzip_isReadWhateverItIsCalled(String label) throws Exception {
    byte[] body = coded(BODY, GZIPOutputStream::new);
    assertTaken(says(OK + "Content-Encoding: " + label + "\r\nContent-Length: " + body.length + "\r\n\r\n", body));
    assertTaken((socket, out) -> {
      RawServer.write(out, OK + "Content-Encoding: " + label + "\r\nTransfer-Encoding: chunked\r\n\r\n");
      RawServer.write(out, Integer.toHexString(body.length) + "\r\n");
      out.write(body);
      RawServer.write(out, "\r\n");
      socket.getInputStream().read();
    });
  }

  @Test
  void deflate_isReadInBothItsMeanings() throws Exception {
    String head = OK + "Content-Encoding: deflate\r\n\r\n";
    assertTaken(says(head, coded(BODY, DeflaterOutputStream::new)));
    assertTaken(says(head, coded(BODY, out -> new DeflaterOutputStream(out, new Deflater(9, true)))));
    assertTaken(says(head, BODY.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void twoCodings_areBothUndone() throws Exception {
    assertTaken(says(OK + "Content-Encoding: deflate, gzip\r\n\r\n",
        coded(BODY, out -> new DeflaterOutputStream(new GZIPOutputStream(out)))));
    assertTaken(says(OK + "Content-Encoding: gzip, gzip\r\n\r\n",
        coded(BODY, out -> new GZIPOutputStream(new GZIPOutputStream(out)))));
  }

  @Test
  void truncatedGzip_yieldsWhatIsThere() throws Exception {
    byte[] body = coded(BODY, GZIPOutputStream::new);
    // Without its checksum and length, and with a wrong one.
    assertTaken(says(OK + "Content-Encoding: gzip\r\n\r\n", Arrays.copyOf(body, body.length - 8)));
    body[body.length - 6] ^= 1;
    assertTaken(says(OK + "Content-Encoding: gzip\r\nContent-Length: 999\r\n\r\n", body));
    assertEquals(Reason.AMBIGUOUS,
        failure(says(OK + "Content-Encoding: gzip\r\n\r\n", Arrays.copyOf(body, body.length / 2))).reason());
    assertEquals(Reason.AMBIGUOUS,
        failure(says(OK + "Content-Encoding: gzip\r\n\r\n", Arrays.copyOf(body, 4))).reason());
  }

  @Test
  void gzippedError_isRead() throws Exception {
    assertEquals(Reason.REJECTED, failure(says("HTTP/1.1 400 No\r\nContent-Encoding: gzip\r\n\r\n",
        coded("{\"error\":\"invalid_grant\"}", GZIPOutputStream::new))).reason());
  }

  private static byte[] bomb(int layers) throws Exception {
    return coded("x", out -> {
      OutputStream coded = new GZIPOutputStream(out);
      for (int i = 1; i < layers; i++) coded = new GZIPOutputStream(coded);
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 20; i++) coded.write(zeros);
      return coded;
    });
  }

  @Test
  void gzipBomb_isGivenUpAtTheBound() throws Exception {
    for (int layers = 1; layers <= 3; layers++) {
      byte[] bomb = bomb(layers);
      TokenException e = failure(says(OK + "Content-Encoding: gzip\r\n\r\n", bomb));
      assertEquals(Reason.AMBIGUOUS, e.reason());
      assertTrue(e.getMessage().contains("1 MiB"), e.getMessage());
      assertTrue(ContentCodings.decoded(bomb, "gzip", 1 << 20) == null);
      assertEquals(Reason.TRANSIENT, failure(says("HTTP/1.1 503 No\r\n\r\n", bomb)).reason());
    }
  }
}
