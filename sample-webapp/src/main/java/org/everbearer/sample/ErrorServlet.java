package org.everbearer.sample;

import com.google.gson.JsonObject;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What the container itself refuses is answered in the same form as everything else, never with a stack trace. */
public final class ErrorServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    int status = code instanceof Integer number ? number : 404;
    JsonObject error = new ErrorAnswer(status, error(status), message(status)).toJson();
    Json.write(response, status, error);
  }

  private static String error(int status) {
    return switch (status) {
      case 401 -> "unauthorized";
      case 404 -> "not_found";
      case 503 -> "unavailable";
      default -> status < 500 ? "bad_request" : "internal_error";
    };
  }

  private static String message(int status) {
    return switch (status) {
      case 401 -> "Please sign in.";
      case 404 -> "There is nothing at this address.";
      case 503 -> "The chat is not available at the moment.";
      default -> status < 500 ? "The request cannot be understood." : "Something went wrong here.";
    };
  }
}
