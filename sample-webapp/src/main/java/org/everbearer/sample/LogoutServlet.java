package org.everbearer.sample;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import org.everbearer.servlet.BearerTokens;

/**
 * {@code POST /logout}: gives up the user's tokens, and ends the session, whatever becomes of the first: who has signed
 * out is never found signed in.
 */
public final class LogoutServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  @Override
  void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Json.read(request); // what a form on another site cannot send
    HttpSession session = request.getSession(false);
    if (session != null && SignIn.of(getServletContext()) != null) signOut(request, session);
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
  }

  private void signOut(HttpServletRequest request, HttpSession session) {
    try {
      BearerTokens.of(getServletContext()).clearTokens(request, ChatApplication.CLIENT);
    } catch (IOException e) {
      throw ErrorAnswer.badGateway("You are signed out here, but your tokens could not be given up.", e);
    } finally {
      end(session);
    }
  }

  private static void end(HttpSession session) {
    try {
      session.invalidate();
    } catch (IllegalStateException endedAlready) {
      // Signed out in another window at the same time, or timed out.
    }
  }
}
