package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many users at once, whose work goes over request threads, asynchronous dispatches and listeners, shared pools and
 * virtual threads. The API answers with the token that it was sent, and each answer must be the asking user's. The
 * length is that of {@code -Deverbearer.stress.calls}.
 */
class MixedUsersStressTest {
  private static final long CALLS = Long.getLong("everbearer.stress.calls", 10_000);
  private static final int VISITORS = 12;
  private static final int VISITS_PER_USER = 10;

  private final LongAdder calls = new LongAdder();
  private final LongAdder rejections = new LongAdder();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger users = new AtomicInteger();
  private final ExecutorService pool = Executors.newFixedThreadPool(3);
  private final ExecutorService virtual = virtualThreads();
  private StandIn api;
  private CloseableHttpClient http;
  private CloseableHttpAsyncClient async;

  @BeforeEach
  void serve() throws Exception {
    api = new StandIn();
  }

  @AfterEach
  void stop() throws Exception {
    pool.shutdownNow();
    if (virtual != null) virtual.shutdownNow();
    if (http != null) http.close();
    if (async != null) async.close();
    api.close();
  }

  /** The real interceptor, and in place of the network an API that echoes, and rejects some users' first tokens. */
  private void callThrough(BearerTokens tokens) {
    http = tokens.addTo(HttpClients.custom())
        .addExecInterceptorBefore(ChainElement.CONNECT.name(), "echo", (request, scope, chain) -> {
          String token = request.getFirstHeader("Authorization").getValue();
          boolean rejected = token.endsWith("0.1");
          if (rejected) rejections.increment();
          ClassicHttpResponse reply = new BasicClassicHttpResponse(rejected ? 401 : 200);
          if (rejected) reply.setHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
          reply.setEntity(new StringEntity(token, ContentType.TEXT_PLAIN));
          return reply;
        })
        .build();
    async = tokens.addTo(HttpAsyncClients.custom()).build();
    async.start();
  }

  private void call(String user) {
    try {
      check(user, http.execute(new HttpGet(api.origin() + "/api"), r -> EntityUtils.toString(r.getEntity())));
    } catch (Exception e) {
      wrong.add(user + ": " + e);
    }
  }

  private void check(String user, String answer) {
    calls.increment();
    if (!answer.startsWith("Bearer a." + user + ".")) wrong.add(user + " was answered " + answer);
  }

  private void callForNobody() {
    try {
      String answer = http.execute(new HttpGet(api.origin() + "/api"), r -> EntityUtils.toString(r.getEntity()));
      wrong.add("nobody was answered " + answer);
    } catch (Exception e) {
      TokenException none = TokenException.in(e);
      if (none == null || none.reason() != TokenException.Reason.NO_TOKENS) wrong.add("nobody: " + e);
    }
    calls.increment();
  }

  private void work(HttpServletRequest request, HttpServletResponse response) throws Exception {
    BearerTokens tokens = BearerTokens.of(request.getServletContext());
    String user = request.getParameter("user");
    if (request.getDispatcherType() == DispatcherType.ASYNC) {
      for (int i = 0; i < 4; i++) call(user);
      response.getWriter().write("done");
      return;
    }
    for (int i = 0; i < 4; i++) call(user);
    Executor carrying = tokens.propagate((Executor) pool);
    Future<?> handedOver = pool.submit(tokens.propagate((Runnable) () -> {
      call(user);
      tokens.propagate((Runnable) () -> call(user)).run();
      call(user);
    }));
    CompletableFuture<Void> chain = CompletableFuture.runAsync(() -> call(user), carrying)
        .thenRunAsync(() -> call(user), carrying);
    Future<?> stranger = pool.submit(this::callForNobody);
    Callable<Void> onVirtual = tokens.propagate((Callable<Void>) () -> {
      call(user);
      call(user);
      return null;
    });
    Future<Void> light = virtual == null ? null : virtual.submit(onVirtual);
    check(user, async.execute(SimpleRequestBuilder.get(api.origin() + "/api").build(), null).get().getBodyText());
    handedOver.get();
    chain.get();
    stranger.get();
    if (light != null) light.get();
    callAsync(request, user);
  }

  private void callAsync(HttpServletRequest request, String user) {
    AsyncContext context = request.startAsync();
    context.addListener(new AsyncListener() {
      @Override
      public void onComplete(AsyncEvent event) {
        call(user);
      }

      @Override
      public void onTimeout(AsyncEvent event) {}

      @Override
      public void onError(AsyncEvent event) {}

      @Override
      public void onStartAsync(AsyncEvent event) {}
    });
    if (user.hashCode() % 2 == 0) {
      pool.execute(context::dispatch);
      return;
    }
    context.start(() -> {
      call(user);
      context.dispatch();
    });
  }

  private WebApp app() {
    WebApp app = new WebApp().client("chat-api", api.client("identity", "session", "waitTimeout", "1m"), "/*")
        .servlet("/login", (request, response) -> BearerTokens.of(request.getServletContext()).storeTokens(request,
            "chat-api", TokenSet.of("a." + request.getParameter("user") + ".1",
                "r." + request.getParameter("user") + ".1")))
        .servlet("/work", this::work);
    app.threads = 6;
    return app;
  }

  /** Signs in as one user after the other with one and the same session, and works a while as each. */
  private Void visit(Deployed.Browser browser) throws Exception {
    while (calls.sum() < CALLS && wrong.isEmpty()) {
      String user = "user" + users.incrementAndGet();
      assertEquals(200, browser.get("/login?user=" + user).statusCode());
      for (int i = 0; i < VISITS_PER_USER; i++) assertEquals("done", browser.body("/work?user=" + user));
    }
    return null;
  }

  @ParameterizedTest
  @EnumSource
  void noAnswerIsMadeWithAnotherUsersToken(Container container) throws Exception {
    ExecutorService visitors = Executors.newFixedThreadPool(VISITORS);
    try (Deployed deployed = container.deploy(app())) {
      callThrough(BearerTokens.of(deployed.context()));
      List<Future<Void>> visits = new ArrayList<>();
      for (int i = 0; i < VISITORS; i++) visits.add(visitors.submit(() -> visit(deployed.browser())));
      for (Future<Void> visit : visits) visit.get(2, TimeUnit.HOURS);
    } finally {
      visitors.shutdownNow();
    }
    assertEquals(List.of(), List.copyOf(wrong));
    assertTrue(calls.sum() >= CALLS, calls + " calls");
    assertTrue(rejections.sum() > 0, "tokens were replaced on the way");
    System.out.println(calls + " calls of " + users + " users in " + container + ", " + rejections + " rejections"
        + (virtual == null ? ", but skipped virtual threads: run on JDK 21 or later" : ""));
  }

  private static ExecutorService virtualThreads() {
    try {
      Method make = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
      return (ExecutorService) make.invoke(null);
    } catch (ReflectiveOperationException beforeJava21) {
      return null;
    }
  }
}
