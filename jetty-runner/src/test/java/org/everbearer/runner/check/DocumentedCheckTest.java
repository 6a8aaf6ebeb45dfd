package org.everbearer.runner.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the pages show of the check can be copied as it stands, and then lacks the secret only. */
class DocumentedCheckTest {
  private static final Pattern COMMAND =
      Pattern.compile("^java -jar jetty-runner/target/jetty-runner\\.jar check (--config (?:.*\\\\\n)*.*)$", Pattern.MULTILINE);

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/production.md"})
  void configOnTheCommandLine_isComplete(String page) throws Exception {
    Matcher command = COMMAND.matcher(Files.readString(Path.of("..").resolve(page)));
    assertTrue(command.find());
    String[] words = Stream.of(command.group(1).replace("\\\n", " ").replace("'", "").split("\\s+"))
        .map(word -> word.replace("env:AUTH_REFRESH_TOKEN", "env:NO_SUCH_VARIABLE_HERE")).toArray(String[]::new);
    Checked.run(words).hasProblems(1).says("#{env:NO_SUCH_VARIABLE_HERE} resolves to nothing");
  }
}
