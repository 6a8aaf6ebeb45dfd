package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.everbearer.TokenException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The relay protocol is what shows best whose work a thread does: each request brings its own token. */
class AsyncIdentityTest {
  private final ExecutorService single = Executors.newSingleThreadExecutor();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private StandIn chat;

  @BeforeEach
  void serve() throws IOException {
    chat = new StandIn();
  }

  @AfterEach
  void stop() {
    single.shutdownNow();
    chat.close();
  }

  private WebApp app() {
    return new WebApp().client("relay", Map.of("protocol", "relay", "allowedOrigins", chat.origin()), "/*");
  }

  private static BearerTokens tokens(HttpServletRequest request) {
    return BearerTokens.of(request.getServletContext());
  }

  private static String token(BearerTokens tokens) {
    try {
      return tokens.validAccessToken("relay");
    } catch (TokenException e) {
      return e.reason().name();
    }
  }

  private static String[] bearer(String token) {
    return new String[] {"Authorization", "Bearer " + token};
  }

  @ParameterizedTest
  @EnumSource
  void anAsyncDispatch_worksForTheSameUser(Container container) throws Exception {
    WebApp app = app().servlet("/dispatch", (request, response) -> {
      BearerTokens tokens = tokens(request);
      if (request.getDispatcherType() == DispatcherType.ASYNC) {
        response.getWriter().write(token(tokens));
        return;
      }
      AsyncContext async = request.startAsync();
      single.execute(async::dispatch);
    });
    try (Deployed deployed = container.deploy(app)) {
      assertEquals("ann", deployed.browser().body("/dispatch", bearer("ann")));
      assertEquals("bob", deployed.browser().body("/dispatch", bearer("bob")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void workStartedByTheAsyncContext_worksForTheSameUser(Container container) throws Exception {
    WebApp app = app().servlet("/start", (request, response) -> {
      BearerTokens tokens = tokens(request);
      AsyncContext async = request.startAsync(request, response);
      request.getAsyncContext().start(() -> {
        try {
          response.getWriter().write(token(tokens));
        } catch (IOException e) {
          heard.add(e.toString());
        }
        async.complete();
      });
    });
    try (Deployed deployed = container.deploy(app)) {
      assertEquals("ann", deployed.browser().body("/start", bearer("ann")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void asyncListeners_workForTheSameUser(Container container) throws Exception {
    WebApp app = app().servlet("/listen", (request, response) -> {
      BearerTokens tokens = tokens(request);
      AsyncContext async = request.startAsync();
      async.setTimeout(50);
      async.addListener(new AsyncListener() {
        @Override
        public void onComplete(AsyncEvent event) {
          heard.add("complete " + token(tokens));
        }

        @Override
        public void onTimeout(AsyncEvent event) {
          heard.add("timeout " + token(tokens));
          event.getAsyncContext().complete();
        }

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
      });
    });
    try (Deployed deployed = container.deploy(app)) {
      assertEquals(200, deployed.browser().get("/listen", bearer("ann")).statusCode());
      assertEquals("timeout ann", heard.poll(30, TimeUnit.SECONDS));
      assertEquals("complete ann", heard.poll(30, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @EnumSource
  void propagatedWork_worksForTheSameUser(Container container) throws Exception {
    WebApp app = app().servlet("/propagate", (request, response) -> {
      BearerTokens tokens = tokens(request);
      Supplier<String> supplier = () -> token(tokens);
      Executor executor = tokens.propagate((Executor) single);
      List<String> seen = new ArrayList<>();
      single.submit(tokens.propagate((Runnable) () -> seen.add(token(tokens)))).get();
      seen.add(single.submit(tokens.propagate((Callable<String>) () -> tokens.validAccessToken("relay"))).get());
      seen.add(CompletableFuture.supplyAsync(tokens.propagate(supplier), single).get());
      seen.add(CompletableFuture.supplyAsync(supplier, executor)
          .thenApplyAsync(first -> first + "+" + token(tokens), executor).get());
      seen.add(single.submit(() -> token(tokens)).get());
      response.getWriter().write(String.join(" ", seen));
    });
    try (Deployed deployed = container.deploy(app)) {
      assertEquals("ann ann ann ann+ann NO_TOKENS", deployed.browser().body("/propagate", bearer("ann")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theAsyncHttpClient_sendsTheTokenOfTheThreadThatExecutes(Container container) throws Exception {
    WebApp app = app().servlet("/call", (request, response) -> {
      try (CloseableHttpAsyncClient http = tokens(request).addTo(HttpAsyncClients.custom()).build()) {
        http.start();
        SimpleHttpRequest call = SimpleRequestBuilder.get(chat.origin() + "/api").build();
        response.getWriter().write(http.execute(call, null).get(30, TimeUnit.SECONDS).getBodyText());
      }
    });
    try (Deployed deployed = container.deploy(app)) {
      assertEquals("Bearer ann", deployed.browser().body("/call", bearer("ann")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRequestThatIsNotMapped_findsNothingOnTheThreadOfTheLastOne(Container container) throws Exception {
    WebApp app = new WebApp()
        .client("relay", Map.of("protocol", "relay", "allowedOrigins", chat.origin()), "/mapped/*")
        .servlet("/mapped/token", (request, response) -> response.getWriter().write(token(tokens(request))))
        .servlet("/open", (request, response) -> response.getWriter().write(token(tokens(request))));
    app.threads = 1;
    try (Deployed deployed = container.deploy(app)) {
      Deployed.Browser browser = deployed.browser();
      for (int i = 0; i < 20; i++) {
        assertEquals("ann", browser.body("/mapped/token", bearer("ann")));
        assertEquals("NO_TOKENS", browser.body("/open", bearer("bob")));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tokenExchange_startsFromEachRequestsOwnToken(Container container) throws Exception {
    WebApp app = new WebApp().client("relay", Map.of("protocol", "token-exchange", "tokenEndpoint",
            chat.origin() + "/exchange", "audience", "chat", "allowedOrigins", chat.origin()), "/*")
        .servlet("/token", (request, response) -> response.getWriter().write(token(tokens(request))));
    try (Deployed deployed = container.deploy(app)) {
      for (int i = 0; i < 3; i++) {
        assertEquals("x.ann", deployed.browser().body("/token", bearer("ann")));
        assertEquals("x.bob", deployed.browser().body("/token", bearer("bob")));
      }
      assertEquals("NO_TOKENS", deployed.browser().body("/token"));
      assertEquals(2, chat.refreshes.get());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInboundTokenThatIsRefused_isAnsweredWith401_andAServerThatFailsWith503(Container container) throws Exception {
    WebApp app = new WebApp().client("relay", Map.of("protocol", "token-exchange", "tokenEndpoint",
            chat.origin() + "/exchange", "allowedOrigins", chat.origin()), "/*")
        .servlet("/token", (request, response) ->
            response.getWriter().write(tokens(request).validAccessToken("relay")));
    try (Deployed deployed = container.deploy(app)) {
      assertEquals(401, deployed.browser().get("/token", bearer("refused")).statusCode());
      assertEquals(503, deployed.browser().get("/token", bearer("broken")).statusCode());
      assertEquals("x.ann", deployed.browser().body("/token", bearer("ann")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void outsideOfAnyRequest_theMessageSaysWhatToDo(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app())) {
      BearerTokens tokens = BearerTokens.of(deployed.context());
      TokenException failure = assertThrows(TokenException.class, () -> tokens.validAccessToken("relay"));
      assertEquals(TokenException.Reason.NO_TOKENS, failure.reason());
      assertTrue(failure.getMessage().contains("propagate") && failure.getMessage().contains("map the filter"),
          failure.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutABearerToken_theAnswerAsksForOne(Container container) throws Exception {
    WebApp app = app().servlet("/token", (request, response) ->
        response.getWriter().write(tokens(request).validAccessToken("relay")));
    try (Deployed deployed = container.deploy(app)) {
      Deployed.Browser browser = deployed.browser();
      for (String header : List.of("Basic YTpi", "Bearer", "Bearer two words", "Bearer semi;colon")) {
        HttpResponse<String> reply = browser.get("/token", "Authorization", header);
        assertEquals(401, reply.statusCode(), header);
        assertEquals("Bearer", reply.headers().firstValue("WWW-Authenticate").orElse(null));
      }
      assertEquals("lower", browser.body("/token", "Authorization", "bearer lower"));
    }
  }

  /** One thread serves everybody and one more works for everybody: nothing of one user may stick to either. */
  @ParameterizedTest
  @EnumSource
  void aThousandInterleavedUsersOnOneThread_neverSeeEachOther(Container container) throws Exception {
    WebApp app = app().servlet("/mix", (request, response) -> {
      BearerTokens tokens = tokens(request);
      String before = token(tokens);
      if (request.getDispatcherType() == DispatcherType.ASYNC) {
        response.getWriter().write(request.getAttribute("seen") + " " + before);
        return;
      }
      AsyncContext async = request.startAsync();
      single.execute(tokens.propagate((Runnable) () -> {
        request.setAttribute("seen", before + " " + token(tokens));
        async.dispatch();
      }));
      single.execute(() -> heard.add(token(tokens)));
    });
    app.threads = 1;
    ExecutorService users = Executors.newFixedThreadPool(20);
    try (Deployed deployed = container.deploy(app)) {
      List<Future<Void>> visits = new ArrayList<>();
      for (int visitor = 0; visitor < 20; visitor++) {
        int first = visitor * 50;
        visits.add(users.submit(() -> {
          Deployed.Browser browser = deployed.browser();
          for (int i = first; i < first + 50; i++) {
            String user = "user" + i;
            // Every seventh brings no token at all, and must not find one.
            String expected = i % 7 == 0 ? "NO_TOKENS" : user;
            String seen = i % 7 == 0 ? browser.body("/mix") : browser.body("/mix", bearer(user));
            assertEquals(expected + " " + expected + " " + expected, seen);
          }
          return null;
        }));
      }
      for (Future<Void> visit : visits) visit.get();
      for (int i = 0; i < 1000; i++) assertEquals("NO_TOKENS", heard.poll(30, TimeUnit.SECONDS));
    } finally {
      users.shutdownNow();
    }
  }
}
