package org.everbearer.sample;

import com.google.gson.JsonObject;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;

/** {@code GET /user}: whether one has to sign in here, and who has. Begins no session. */
public final class UserServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
    HttpSession session = request.getSession(false);
    Object user = session == null ? null : session.getAttribute(LoginServlet.USER);
    JsonObject answer = new JsonObject();
    answer.addProperty("signIn", SignIn.of(getServletContext()) != null);
    if (user != null) answer.addProperty("user", user.toString());
    Json.write(response, 200, answer);
  }
}
