package org.everbearer.sample;

import com.google.gson.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** {@code POST /api/sessions}: begins a conversation that the chat API remembers. */
public final class SessionsServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  @Override
  void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    JsonObject session = new JsonObject();
    session.addProperty("sessionId", ChatApi.of(getServletContext()).createSession());
    Json.write(response, 201, session);
  }
}
