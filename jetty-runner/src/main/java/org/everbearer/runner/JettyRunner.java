package org.everbearer.runner;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.everbearer.runner.check.CheckCommand;
import org.everbearer.runner.standin.StandIn;
import org.everbearer.runner.standin.StandInOptions;
import org.everbearer.runner.standin.TokenPair;

/**
 * Serves a WAR, by default the sample, beside a stand-in identity and chat server in the same process; or, as
 * {@code check}, says what is wrong with a configuration. See {@code --help}. The exit code is 2 for a wrong command
 * line and 1 for what went wrong after that.
 */
public final class JettyRunner {
  private static final String CHAT_API_BASE_URL = "CHAT_API_BASE_URL";
  private static final String AUTH_BASE_URL = "AUTH_BASE_URL";
  private static final String AUTH_ACCESS_TOKEN = "AUTH_ACCESS_TOKEN";
  private static final String AUTH_REFRESH_TOKEN = "AUTH_REFRESH_TOKEN";
  /** Set only where there is a stand-in server: a page may then offer its controls. */
  private static final String STAND_IN_BASE_URL = "STAND_IN_BASE_URL";
  /** {@code session} where each user signs in. */
  private static final String CHAT_IDENTITY = "CHAT_IDENTITY";
  /** A durable store is what an application has that is to outlive a redeploy: the demo shows it. */
  private static final String SAMPLE_STORE = "everbearer.sample-chat-proxy.store";
  private static final String CHECK = "check";
  private static final String LIBRARY_LOG = "org.slf4j.simpleLogger.log.org.everbearer";
  private static final List<String> PLACES = List.of(CHAT_API_BASE_URL, AUTH_BASE_URL);
  private static final List<String> FIRST_PAIR = List.of(AUTH_ACCESS_TOKEN, AUTH_REFRESH_TOKEN);
  /** All that the runner sets beside a stand-in server. The environment would go before it. */
  private static final Set<String> SETTINGS = Set.of(CHAT_API_BASE_URL, AUTH_BASE_URL, AUTH_ACCESS_TOKEN,
      AUTH_REFRESH_TOKEN, STAND_IN_BASE_URL, CHAT_IDENTITY);

  private final RunnerOptions options;
  private final Shutdown shutdown = new Shutdown();

  private JettyRunner(RunnerOptions options) {
    this.options = options;
  }

  public static void main(String[] arguments) {
    try {
      if (arguments.length > 0 && arguments[0].equals(CHECK)) {
        // What the library would log is told by the check itself. Set before anybody asks for a logger.
        if (System.getProperty(LIBRARY_LOG) == null) System.setProperty(LIBRARY_LOG, "off");
        System.exit(CheckCommand.run(List.of(arguments).subList(1, arguments.length), System.out));
      }
      RunnerOptions options = RunnerOptions.parse(arguments);
      if (options.help()) {
        System.out.print(RunnerOptions.HELP);
        return;
      }
      new JettyRunner(options).run();
    } catch (UserError error) {
      System.err.println("jetty-runner: " + error.getMessage());
      System.exit(error.exitCode());
    }
  }

  private void run() throws UserError {
    Runtime.getRuntime().addShutdownHook(shutdown);
    if (options.exitWithParent()) exitWithParent();
    if (options.standIn()) {
      OutsideSettings.refuse(SETTINGS, System.getenv().keySet(), System.getProperties().stringPropertyNames());
    } else if (options.war() == null) {
      requireSettings(System.getenv());
    }
    if (options.signedIn()) System.setProperty(CHAT_IDENTITY, "session");
    if (options.war() != null) WarServer.requireWar(options.war());
    WarServer server = WarServer.listen(options.host(), options.port());
    WorkDirectory work = shutdown.closing(WorkDirectory.create());
    Path war = options.war() == null ? work.sampleWar() : options.war();
    StandIn standIn = options.standIn() ? startStandIn() : null;
    boolean oneTokenForAll = standIn != null && options.war() == null && !options.signedIn();
    if (oneTokenForAll) System.setProperty(SAMPLE_STORE, "file:" + work.tokens());
    shutdown.closing(server);
    server.deploy(war, options.contextPath(), work);
    announce(server.uri(options.contextPath()), standIn);
  }

  private static void exitWithParent() {
    ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(0)));
  }

  private StandIn startStandIn() throws UserError {
    StandIn standIn;
    try {
      standIn = shutdown.closing(StandIn.start(
          StandInOptions.defaults().withAccessTokenLifetime(options.accessTokenLifetime())));
    } catch (IOException e) {
      throw UserError.failure(e.getMessage() + "; run without it by --no-stand-in");
    }
    System.setProperty(STAND_IN_BASE_URL, standIn.baseUri().toString());
    System.setProperty(CHAT_API_BASE_URL, standIn.baseUri().toString());
    System.setProperty(AUTH_BASE_URL, standIn.baseUri().toString());
    if (options.signedIn()) return standIn;
    TokenPair first = standIn.newFamily("user_demo", "org_demo");
    System.setProperty(AUTH_ACCESS_TOKEN, first.accessToken());
    System.setProperty(AUTH_REFRESH_TOKEN, first.refreshToken());
    return standIn;
  }

  private void requireSettings(Map<String, String> environment) throws UserError {
    List<String> missing = Stream.concat(PLACES.stream(), options.signedIn() ? Stream.empty() : FIRST_PAIR.stream())
        .filter(name -> Stream.of(environment.get(name), System.getProperty(name))
            .allMatch(value -> value == null || value.isBlank()))
        .toList();
    if (missing.isEmpty()) return;
    throw UserError.failure("--no-stand-in: the environment does not set " + String.join(", ", missing)
        + ", which the sample needs; set it, or drop --no-stand-in");
  }

  private void announce(URI uri, StandIn standIn) {
    StringBuilder lines = new StringBuilder("\nOpen " + uri + "\n\n");
    lines.append("  serving    ").append(options.war() == null ? "the sample chat proxy" : options.war()).append('\n');
    if (standIn != null) {
      String lifetime = Durations.format(options.accessTokenLifetime());
      lines.append("  stand-in   ").append(standIn.baseUri()).append(" issues tokens and answers chats\n")
          .append("  tokens     access tokens live ").append(lifetime).append(", refresh tokens are good once\n")
          .append(options.signedIn() ? "  users      sign in as Ada in one browser window and as Grace in a private one\n" : "")
          .append("  counters   ").append(standIn.baseUri()).append("/stand-in/stats\n");
    }
    lines.append("\nCtrl-C stops it.\n");
    System.out.print(lines);
    System.out.flush();
  }
}
