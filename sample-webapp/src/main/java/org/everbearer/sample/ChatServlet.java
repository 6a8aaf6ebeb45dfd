package org.everbearer.sample;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * {@code POST /api/chat}: one message, answered as a JSON object, or word by word as {@code text/event-stream} to
 * whoever accepts that.
 *
 * <p>Plain blocking code, also for the stream: the HTTP client reads by blocking a thread anyway, so an asynchronous
 * servlet would only move the wait to a second pool. The browser's pace slows the reading down by itself, and a
 * browser that has gone shows as a failed write, which ends the call to the chat API.
 */
public final class ChatServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  @Override
  void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    ChatRequest chat = ChatRequest.of(Json.read(request));
    ChatApi api = ChatApi.of(getServletContext());
    response.setHeader("Vary", "Accept");
    if (acceptsEvents(request)) stream(api, chat, response);
    else Json.write(response, 200, api.chat(chat));
  }

  private void stream(ChatApi api, ChatRequest chat, HttpServletResponse response) throws IOException {
    response.setContentType("text/event-stream;charset=UTF-8");
    response.setHeader("X-Accel-Buffering", "no"); // nginx would otherwise collect the words
    try {
      api.stream(chat, event -> send(response, event));
    } catch (ErrorAnswer e) {
      if (!response.isCommitted()) throw e;
      send(response, new ServerSentEvent("error", e.toJson().toString()));
    } catch (UncheckedIOException browserGone) {
      log("The browser left before the answer ended");
    }
  }

  private static void send(HttpServletResponse response, ServerSentEvent event) {
    try {
      response.getOutputStream().write(event.encoded());
      response.flushBuffer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean acceptsEvents(HttpServletRequest request) {
    String accept = request.getHeader("Accept");
    return accept != null && accept.toLowerCase(Locale.ROOT).contains("text/event-stream");
  }
}
