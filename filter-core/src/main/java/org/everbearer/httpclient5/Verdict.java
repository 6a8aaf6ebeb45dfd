package org.everbearer.httpclient5;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.everbearer.AccessToken;
import org.everbearer.TokenSource;

/** What an answer says about the token that went with the request: that it is bad, that it is good, or nothing. */
final class Verdict {
  private Verdict() {}

  /** Whether the answer rejects the token, so that another one may help. */
  static boolean isRejection(HttpResponse answer) {
    return answer.getCode() == HttpStatus.SC_UNAUTHORIZED && BearerChallenge.rejectsToken(answer);
  }

  /** Tells the source, once per token, that it was accepted. After that it costs one plain read. */
  static void tell(HttpResponse answer, AccessToken token, TokenSource source) {
    if (!token.isAccepted() && isAcceptance(answer)) source.accepted(token);
  }

  /**
   * Whether the server has looked at the token and found it good. A gateway answers 502 to 504, and anything may answer
   * 500, without having looked; a 407 is a proxy's; a 401 that rejects no token speaks of other credentials. To miss an
   * acceptance costs nothing, for the next answer brings it; to imagine one makes a token that no server likes be
   * replaced at once, again and again.
   */
  private static boolean isAcceptance(HttpResponse answer) {
    int status = answer.getCode();
    return status < HttpStatus.SC_SERVER_ERROR
        && status != HttpStatus.SC_UNAUTHORIZED
        && status != HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED
        && !isFromCache(answer);
  }

  /** RFC 9111 §5.1: with an age, the answer was not made for this request. Some caches write 0 on what they fetch. */
  private static boolean isFromCache(HttpResponse answer) {
    Header age = answer.getFirstHeader(HttpHeaders.AGE);
    return age != null && !"0".equals(age.getValue());
  }
}
