package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.BasicHttpClientResponseHandler;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A session that begins or ends while a request is served asynchronously. */
class AsyncSessionTest {
  private final ExecutorService elsewhere = Executors.newSingleThreadExecutor();
  private final CountDownLatch served = new CountDownLatch(1);
  private StandIn chat;

  @BeforeEach
  void serve() throws IOException {
    chat = new StandIn();
  }

  @AfterEach
  void stop() {
    BlockableTokenStore.writes.countDown();
    BlockableTokenStore.writes = new CountDownLatch(0);
    elsewhere.shutdownNow();
    chat.close();
  }

  private WebApp app() {
    return new WebApp().client("chat-api", chat.client("identity", "session",
        "store", BlockableTokenStore.class.getName()), "/*");
  }

  private static BearerTokens tokens(HttpServletRequest request) {
    return BearerTokens.of(request.getServletContext());
  }

  private static void signIn(HttpServletRequest request, String user) throws TokenException {
    tokens(request).storeTokens(request, "chat-api",
        TokenSet.of("a." + user + ".1", "r." + user + ".1").expiresIn(Duration.ofHours(1)));
  }

  /** What the API is sent, or why nothing is. */
  private String call(BearerTokens tokens) {
    try (CloseableHttpClient http = tokens.addTo(HttpClients.custom()).build()) {
      return http.execute(new HttpGet(chat.origin() + "/api"), new BasicHttpClientResponseHandler());
    } catch (IOException e) {
      TokenException none = TokenException.in(e);
      return none == null ? e.toString() : none.reason().name();
    }
  }

  private static void finish(AsyncContext async, String text) {
    try {
      async.getResponse().getWriter().write(text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } finally {
      async.complete();
    }
  }

  @ParameterizedTest
  @EnumSource
  void login_countsForWorkThatIsHandedOverLater(Container container) throws Exception {
    WebApp app = app().servlet("/login", (request, response) -> {
      BearerTokens tokens = tokens(request);
      AsyncContext async = request.startAsync();
      signIn(request, request.getParameter("user"));
      async.start(() -> finish(async, call(tokens)));
    });
    try (Deployed deployed = container.deploy(app)) {
      Deployed.Browser browser = deployed.browser();
      assertEquals("Bearer a.ann.1", browser.body("/login?user=ann"));
      assertEquals("Bearer a.bob.1", browser.body("/login?user=bob"), "and takes the place of another");
    }
  }

  @ParameterizedTest
  @EnumSource
  void login_countsForListenersThatWereThereBefore(Container container) throws Exception {
    WebApp app = app().servlet("/login", (request, response) -> {
      BearerTokens tokens = tokens(request);
      AsyncContext async = request.startAsync();
      async.setTimeout(50);
      async.addListener(new AsyncListener() {
        @Override
        public void onTimeout(AsyncEvent event) {
          finish(event.getAsyncContext(), call(tokens));
        }

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
      });
      signIn(request, "ann");
    });
    try (Deployed deployed = container.deploy(app)) {
      assertEquals("Bearer a.ann.1", deployed.browser().body("/login"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void login_countsWhenTheServletHasReturned(Container container) throws Exception {
    WebApp app = app().servlet("/login", (request, response) -> {
      BearerTokens tokens = tokens(request);
      AsyncContext async = request.startAsync();
      signIn(request, "ann");
      elsewhere.execute(() -> {
        await(served);
        async.start(() -> finish(async, call(tokens)));
      });
    });
    try (Deployed deployed = container.deploy(app.filter(Served.class, "/*"))) {
      deployed.context().setAttribute(Served.class.getName(), served);
      assertEquals("Bearer a.ann.1", deployed.browser().body("/login"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void login_counts_whicheverThreadItIsDoneOn(Container container) throws Exception {
    WebApp app = app().servlet("/login", (request, response) -> {
      BearerTokens tokens = tokens(request);
      request.getSession();
      AsyncContext async = request.startAsync();
      elsewhere.execute(() -> {
        await(served);
        try {
          signIn((HttpServletRequest) async.getRequest(), "ann");
        } catch (TokenException e) {
          throw new IllegalStateException(e);
        }
        async.start(() -> finish(async, call(tokens)));
      });
    });
    try (Deployed deployed = container.deploy(app.filter(Served.class, "/*"))) {
      deployed.context().setAttribute(Served.class.getName(), served);
      assertEquals("Bearer a.ann.1", deployed.browser().body("/login"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void login_countsAfterADispatch(Container container) throws Exception {
    WebApp app = app().servlet("/login", (request, response) -> {
      BearerTokens tokens = tokens(request);
      AsyncContext async = request.startAsync();
      if (request.getDispatcherType() != DispatcherType.ASYNC) {
        async.dispatch();
        return;
      }
      signIn(request, "ann");
      async.start(() -> finish(async, call(tokens)));
    });
    try (Deployed deployed = container.deploy(app)) {
      assertEquals("Bearer a.ann.1", deployed.browser().body("/login"));
    }
  }

  /** Clearing the tokens of an ended session takes as long as the store does: here it never ends. */
  @ParameterizedTest
  @EnumSource
  void afterTheSessionsEnd_noCallCarriesItsToken(Container container) throws Exception {
    WebApp app = app()
        .servlet("/login", (request, response) -> signIn(request, "ann"))
        .servlet("/token", (request, response) -> response.getWriter().write(call(tokens(request))))
        .servlet("/end", (request, response) -> {
          BearerTokens tokens = tokens(request);
          AsyncContext async = request.startAsync();
          boolean before = request.getParameter("before") != null;
          CountDownLatch ended = new CountDownLatch(1);
          // Begun for the user who is there still, and run when there is none any more.
          if (before) {
            async.start(() -> {
              await(ended);
              finish(async, call(tokens));
            });
          }
          BlockableTokenStore.writes = new CountDownLatch(1);
          request.getSession().invalidate();
          ended.countDown();
          if (!before) async.start(() -> finish(async, call(tokens)));
        });
    try (Deployed deployed = container.deploy(app)) {
      for (String how : new String[] {"", "?before=1"}) {
        Deployed.Browser browser = deployed.browser();
        assertEquals(200, browser.get("/login").statusCode());
        assertEquals("Bearer a.ann.1", browser.body("/token"));
        assertEquals("NO_TOKENS", browser.body("/end" + how), how);
        BlockableTokenStore.writes.countDown();
      }
    }
  }

  /** Whoever signs in with a session puts an end to what its last user had begun. */
  @ParameterizedTest
  @EnumSource
  void afterAnotherHasSignedIn_workOfTheFirstCarriesNoToken(Container container) throws Exception {
    WebApp app = app()
        .servlet("/login", (request, response) -> signIn(request, "ann"))
        .servlet("/change", (request, response) -> {
          BearerTokens tokens = tokens(request);
          AsyncContext async = request.startAsync();
          CountDownLatch changed = new CountDownLatch(1);
          async.start(() -> {
            await(changed);
            finish(async, call(tokens));
          });
          signIn(request, "bob");
          changed.countDown();
        });
    try (Deployed deployed = container.deploy(app)) {
      for (int i = 0; i < 30; i++) {
        Deployed.Browser browser = deployed.browser();
        assertEquals(200, browser.get("/login").statusCode());
        assertEquals("NO_TOKENS", browser.body("/change"));
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Inside of ours: says when the servlet has returned, which is a little before the request has. */
  public static final class Served implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response,
        FilterChain chain) throws IOException, ServletException {
      chain.doFilter(request, response);
      ((CountDownLatch) request.getServletContext().getAttribute(Served.class.getName())).countDown();
    }
  }
}
