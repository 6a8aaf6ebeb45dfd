package org.everbearer.sample;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.everbearer.TokenSet;
import org.everbearer.servlet.BearerTokens;

/**
 * {@code GET /login} sends the browser to the identity server's page, and {@code GET /login/callback} takes it back with
 * a code, which becomes the tokens of this session's user. From then on each call that the user's requests cause carries
 * that user's token.
 */
public final class LoginServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;
  static final String USER = "user";
  private static final String STATE = "login.state";
  private static final int STATE_BYTES = 24;

  private final transient SecureRandom random = new SecureRandom();

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
    SignIn signIn = SignIn.of(getServletContext());
    if (signIn == null) response.sendError(HttpServletResponse.SC_NOT_FOUND);
    else if (request.getPathInfo() == null) begin(signIn, request, response);
    else finish(signIn, request, response);
  }

  private void begin(SignIn signIn, HttpServletRequest request, HttpServletResponse response) throws IOException {
    byte[] bytes = new byte[STATE_BYTES];
    random.nextBytes(bytes);
    String state = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    request.getSession().setAttribute(STATE, state);
    response.sendRedirect(signIn.page(request.getRequestURL() + "/callback", state));
  }

  private void finish(SignIn signIn, HttpServletRequest request, HttpServletResponse response) throws IOException {
    String home = request.getContextPath() + "/";
    String code = request.getParameter("code");
    if (code == null || !isOurs(request)) {
      // Somebody else began this login, perhaps to make this browser work under their account (RFC 6749 section 10.12).
      response.sendRedirect(home + "?sign-in=failed");
      return;
    }
    try {
      TokenSet tokens = signIn.redeem(code);
      request.changeSessionId(); // an id that somebody planted before the login is worth nothing after it
      BearerTokens.of(getServletContext()).storeTokens(request, ChatApplication.CLIENT, tokens);
      HttpSession session = request.getSession(false); // never a new one, which would have a name and no tokens
      if (session == null) throw new IllegalStateException("the session has ended meanwhile");
      session.setAttribute(USER, SignIn.user(tokens));
      response.sendRedirect(home);
    } catch (IOException | ErrorAnswer | IllegalStateException e) { // the last: of a session that has ended
      log("A login failed: " + e);
      response.sendRedirect(home + "?sign-in=failed");
    }
  }

  /** Whether this browser asked for the login. Good once. */
  private static boolean isOurs(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    Object expected = session == null ? null : session.getAttribute(STATE);
    String given = request.getParameter("state");
    if (expected == null || given == null) return false;
    session.removeAttribute(STATE);
    return MessageDigest.isEqual(bytes(expected.toString()), bytes(given));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
