package org.everbearer.runner;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line of the runner.
 *
 * @param war the WAR to serve, or null for the sample
 */
record RunnerOptions(
    boolean help,
    Path war,
    String host,
    int port,
    String contextPath,
    boolean standIn,
    Duration accessTokenLifetime,
    boolean signedIn,
    boolean exitWithParent) {

  static final String HELP = """
      Serves a WAR beside a stand-in identity and chat server.

      java -jar jetty-runner.jar [OPTION]...
      java -jar jetty-runner.jar check ...   says what is wrong with a WAR's configuration; see check --help

        --war FILE                    the WAR to serve, a file or a directory (the sample chat proxy)
        --port NUMBER                 the port to listen on, 0 for a free one (8080)
        --host ADDRESS                the address to listen on (127.0.0.1: this machine only)
        --context-path PATH           where the WAR is mounted (/)
        --access-token-lifetime TIME  how long the stand-in's access tokens live: 3s, 5m, PT20S (20s)
        --no-stand-in                 start no stand-in server; the environment or system properties then say where
                                      the real ones are and hold the first tokens: CHAT_API_BASE_URL, AUTH_BASE_URL,
                                      AUTH_ACCESS_TOKEN, AUTH_REFRESH_TOKEN
        --signed-in                   each user of the sample signs in, on the identity server's page, and chats with a
                                      token of their own; there are no first tokens then
        --exit-with-parent            stop when the process that started this one ends
        --help                        this text

      The stand-in server runs in this process only. A WAR of your own finds its address, and the first tokens, in the
      system properties CHAT_API_BASE_URL, AUTH_BASE_URL, AUTH_ACCESS_TOKEN and AUTH_REFRESH_TOKEN (with --signed-in no
      tokens). For here and for real servers alike write #{env:AUTH_BASE_URL:-#{sys:AUTH_BASE_URL}} in its web.xml.

      Beside the stand-in server no EVERBEARER_... variable, no variable of those four names, and no everbearer....
      system property may be set: what is meant for a real client would lead the demo to its servers or into its store.
      """;
  private static final String WAR = "--war";
  private static final String PORT = "--port";
  private static final String HOST = "--host";
  private static final String CONTEXT_PATH = "--context-path";
  private static final String LIFETIME = "--access-token-lifetime";
  private static final String NO_STAND_IN = "--no-stand-in";
  private static final String SIGNED_IN = "--signed-in";
  private static final String EXIT_WITH_PARENT = "--exit-with-parent";
  private static final String HELP_OPTION = "--help";
  private static final List<String> FLAGS = List.of(NO_STAND_IN, SIGNED_IN, EXIT_WITH_PARENT, HELP_OPTION);
  private static final List<String> ALL =
      List.of(WAR, PORT, HOST, CONTEXT_PATH, LIFETIME, NO_STAND_IN, SIGNED_IN, EXIT_WITH_PARENT, HELP_OPTION);

  static RunnerOptions parse(String... arguments) throws UserError {
    if (Arrays.asList(arguments).contains(HELP_OPTION) || Arrays.asList(arguments).contains("-h")) {
      return new RunnerOptions(true, null, null, 0, null, false, null, false, false);
    }
    Map<String, String> given = given(arguments);
    boolean standIn = !given.containsKey(NO_STAND_IN);
    if (!standIn && given.containsKey(LIFETIME)) {
      throw UserError.usage(LIFETIME + ": there is no stand-in server to issue tokens; drop it or " + NO_STAND_IN);
    }
    return new RunnerOptions(
        false,
        given.containsKey(WAR) ? path(given.get(WAR)) : null,
        given.getOrDefault(HOST, "127.0.0.1"),
        port(given.getOrDefault(PORT, "8080")),
        contextPath(given.getOrDefault(CONTEXT_PATH, "/")),
        standIn,
        lifetime(given.getOrDefault(LIFETIME, "20s")),
        given.containsKey(SIGNED_IN),
        given.containsKey(EXIT_WITH_PARENT));
  }

  private static Map<String, String> given(String... arguments) throws UserError {
    Map<String, String> given = new LinkedHashMap<>();
    Iterator<String> rest = Arrays.asList(arguments).iterator();
    while (rest.hasNext()) {
      String[] parts = rest.next().split("=", 2);
      String name = parts[0];
      if (!ALL.contains(name)) throw unknown(name);
      String value = "";
      if (FLAGS.contains(name)) {
        if (parts.length == 2) throw UserError.usage(name + " takes no value; drop \"=" + parts[1] + "\"");
      } else if (parts.length == 2) {
        value = parts[1];
      } else if (rest.hasNext()) {
        value = rest.next();
      } else {
        throw UserError.usage(name + " needs a value; see --help");
      }
      if (given.put(name, value) != null) throw UserError.usage(name + " is given twice; drop one");
    }
    return given;
  }

  private static UserError unknown(String name) {
    if (!name.startsWith("-")) return UserError.usage("unexpected argument \"" + name + "\"; see --help");
    return UserError.usage("unknown option " + name + Spelling.nearest(name, ALL)
        .map(nearest -> "; did you mean " + nearest + "?").orElse("; see --help"));
  }

  private static Path path(String value) throws UserError {
    try {
      if (!value.isBlank()) return Path.of(value).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      // the same answer as for an empty one
    }
    throw UserError.usage(WAR + " \"" + value + "\": not a file name");
  }

  private static int port(String value) throws UserError {
    if (value.matches("\\d{1,5}") && Integer.parseInt(value) <= 65535) return Integer.parseInt(value);
    throw UserError.usage(PORT + " " + value + ": must be a number from 0 to 65535");
  }

  private static String contextPath(String value) throws UserError {
    if (value.equals("/") || value.matches("(/[^/?#%\\s]+)+")) return value;
    throw UserError.usage(CONTEXT_PATH + " \"" + value + "\": must be / or begin, and not end, with one, as in /demo");
  }

  private static Duration lifetime(String value) throws UserError {
    try {
      Duration lifetime = Durations.parse(value);
      if (lifetime.compareTo(Duration.ofMillis(1)) >= 0 && lifetime.compareTo(Duration.ofDays(36500)) <= 0) {
        return lifetime;
      }
      throw new IllegalArgumentException("must be at least 1ms and at most a hundred years");
    } catch (IllegalArgumentException e) {
      throw UserError.usage(LIFETIME + " " + value + ": " + e.getMessage());
    }
  }
}
