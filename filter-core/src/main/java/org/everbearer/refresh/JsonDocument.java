package org.everbearer.refresh;

import com.google.gson.JsonObject;
import java.net.URI;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHeaders;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;

/** A document that a server publishes beside its token endpoint. */
final class JsonDocument {
  private JsonDocument() {}

  /**
   * @param remedy what to do if there is no such document
   * @throws TokenException NOT_SENT if no answer came: reading it changes nothing at the server
   * @throws Absent if the answer is another one
   */
  static JsonObject read(TokenHttp http, URI uri, Deadline deadline, String remedy) throws TokenException, Absent {
    HttpGet get = new HttpGet(uri);
    get.setHeader(HttpHeaders.ACCEPT, ContentType.APPLICATION_JSON.getMimeType());
    HttpReply reply;
    try {
      reply = http.exchange(get, deadline);
    } catch (TokenException e) {
      throw e.reason() == Reason.AMBIGUOUS ? incomplete(uri, e) : e;
    }
    JsonObject document = reply.isSuccess() ? reply.json() : null;
    if (document != null) return document;
    if (reply.brokenOff() != null) throw incomplete(uri, reply.brokenOff());
    throw new Absent(failure(reply, uri, remedy));
  }

  private static TokenException incomplete(URI uri, TokenException e) {
    return new TokenException(Reason.NOT_SENT, "no complete answer from " + EndpointUri.describe(uri), e.getCause());
  }

  private static TokenException failure(HttpReply reply, URI uri, String remedy) {
    TokenException e = new TokenException(reply.saysLater() ? Reason.TRANSIENT : Reason.CONFIGURATION,
        EndpointUri.describe(uri) + " answered " + reply.status() + " and not the document expected there: " + remedy);
    return reply.retryAfter() == null ? e : e.withRetryAfter(reply.retryAfter());
  }

  /** The server answered, but not with the document. */
  static final class Absent extends Exception {
    private final transient TokenException failure;

    private Absent(TokenException failure) {
      super(failure);
      this.failure = failure;
    }

    TokenException failure() {
      return failure;
    }
  }
}
