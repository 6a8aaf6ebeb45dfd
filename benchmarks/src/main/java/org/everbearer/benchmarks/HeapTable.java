package org.everbearer.benchmarks;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.everbearer.TokenSet;
import org.everbearer.servlet.BearerTokenFilter;
import org.everbearer.servlet.BearerTokens;

/**
 * How much heap a signed-in session costs that does nothing, beside the container's own session and the token strings:
 * the difference between the heap after a garbage collection with and without such sessions. Also how many threads they
 * need.
 */
final class HeapTable {
  private static final int SESSIONS = Integer.getInteger("sessions", 100_000);
  private static final String API = "https://api.example.com";

  /** How far each user goes. */
  private enum Life { SESSION_ONLY, SIGNED_IN, REFRESHED, HAS_CALLED }

  private HeapTable() {}

  static void measure(Report report) throws Exception {
    int strings = string(LocalRefresher.ACCESS_TOKEN_LENGTH) + string(LocalRefresher.REFRESH_TOKEN_LENGTH);
    measure(Life.SESSION_ONLY, 1000); // loads the classes
    measure(Life.HAS_CALLED, 1000);
    double base = measure(Life.SESSION_ONLY, SESSIONS);
    report.columns("the user has", "bytes for each session");
    report.row("signed in", measure(Life.SIGNED_IN, SESSIONS) - base - strings);
    report.row("and their tokens were refreshed", measure(Life.REFRESHED, SESSIONS) - base - strings);
    report.row("and a call was made with HttpClient", measure(Life.HAS_CALLED, SESSIONS) - base - strings);
    report.note(String.format("%,d users, each with a session of their own in a Jetty in the same process, the memory"
        + " store, an access token of %d characters and a refresh token of %d. What is measured is the"
        + " heap after a garbage"
        + " collection, less the %,.0f bytes that the same session takes without tokens, less the %d of the two token"
        + " strings. The number of threads must not grow with the sessions, or the command fails.", SESSIONS,
        LocalRefresher.ACCESS_TOKEN_LENGTH, LocalRefresher.REFRESH_TOKEN_LENGTH, base, strings));
  }

  /** Bytes for one session. */
  private static double measure(Life life, int sessions) throws Exception {
    Application application = new Application(life);
    try {
      long before = usedHeap();
      int threads = Thread.activeCount();
      for (int i = 0; i < sessions; i++) application.visit(i);
      double each = (usedHeap() - before) / (double) sessions;
      int more = Thread.activeCount() - threads;
      if (more > 50) throw new IllegalStateException(more + " more threads for " + sessions + " sessions");
      return each;
    } finally {
      application.close();
    }
  }

  private static long usedHeap() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(100);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** A compact string: the object, and an array of bytes, each rounded up to 8. */
  private static int string(int length) {
    return 24 + (16 + length + 7) / 8 * 8;
  }

  private static final class Application extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Server server = new Server();
    private final transient LocalConnector connector = new LocalConnector(server);
    private final Life life;
    private transient CloseableHttpClient http;

    Application(Life life) throws Exception {
      this.life = life;
      server.addConnector(connector);
      ServletContextHandler handler = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
      FilterHolder filter = new FilterHolder(BearerTokenFilter.class);
      filter.setName("chat-api");
      filter.setInitParameter("protocol", LocalRefresher.class.getName());
      filter.setInitParameter("allowedOrigins", API);
      filter.setInitParameter("identity", "session");
      handler.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
      handler.addServlet(new ServletHolder(this), "/*");
      server.setHandler(handler);
      server.start();
      http = BearerTokens.of(handler.getServletContext()).addTo(HttpClients.custom())
          .addExecInterceptorBefore(ChainElement.CONNECT.name(), "answer",
              (request, scope, chain) -> new BasicClassicHttpResponse(204))
          .build();
    }

    void visit(int number) throws Exception {
      String answer = connector.getResponse(
          "GET /?n=" + number + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      if (!answer.startsWith("HTTP/1.1 200 ")) throw new IllegalStateException(answer);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
      long number = Long.parseLong(request.getParameter("n"));
      request.getSession().setAttribute("user", number);
      if (life == Life.SESSION_ONLY) return;
      BearerTokens tokens = BearerTokens.of(request.getServletContext());
      String first = LocalRefresher.padded(number, LocalRefresher.REFRESH_TOKEN_LENGTH);
      tokens.storeTokens(request, "chat-api",
          life == Life.SIGNED_IN ? LocalRefresher.tokens(number) : TokenSet.of(null, first));
      if (life == Life.REFRESHED) tokens.validAccessToken("chat-api");
      if (life == Life.HAS_CALLED) http.execute(new HttpGet(API), reply -> null);
    }

    void close() throws Exception {
      http.close();
      server.stop();
      server.destroy();
    }
  }
}
