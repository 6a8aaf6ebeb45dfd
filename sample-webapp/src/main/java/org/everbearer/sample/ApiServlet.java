package org.everbearer.sample;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers POST, and each {@link ErrorAnswer} as JSON. A TokenException escapes to the filter, which answers it. */
abstract class ApiServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Override
  protected final void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    try {
      if (!request.getMethod().equals("POST")) {
        response.setHeader("Allow", "POST");
        throw new ErrorAnswer(405, "method_not_allowed", "Use POST here.");
      }
      if ("cross-site".equals(request.getHeader("Sec-Fetch-Site"))) {
        throw new ErrorAnswer(403, "forbidden", "Pages of other sites may not chat here.");
      }
      answer(request, response);
    } catch (ErrorAnswer e) {
      if (e.getCause() != null) log(e.getMessage() + " " + e.getCause());
      Json.write(response, e.status(), e.toJson());
    }
  }

  abstract void answer(HttpServletRequest request, HttpServletResponse response) throws IOException;
}
