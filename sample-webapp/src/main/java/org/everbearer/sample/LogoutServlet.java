package org.everbearer.sample;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import org.everbearer.servlet.BearerTokens;

/** {@code POST /logout}: gives up the user's tokens, and ends the session. */
public final class LogoutServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  @Override
  void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Json.read(request); // what a form on another site cannot send
    HttpSession session = request.getSession(false);
    if (session != null && SignIn.of(getServletContext()) != null) {
      BearerTokens.of(getServletContext()).clearTokens(request, "chat-api");
      session.invalidate();
    }
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
  }
}
