package org.everbearer.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@link ExecHandlers} and {@link OtherInterceptors}: the call with the interceptor, and what it adds. */
final class ExecHandlerTable {
  private static final Map<String, String> TITLES = new LinkedHashMap<>();

  static {
    TITLES.put("CONSTANT", "constant header");
    TITLES.put("EVERBEARER", "Everbearer");
    TITLES.put("FLOOR", "floor and `\"Bearer \" + token`");
    TITLES.put("AWS", "AWS CachedSupplier and `\"Bearer \" + token`");
  }

  private ExecHandlerTable() {}

  static void measure(Report report) throws Exception {
    Map<String, Jmh.Sample> ours = Jmh.run(ExecHandlers.class, 1);
    Map<String, Jmh.Sample> others = Jmh.run(OtherInterceptors.class, 1);
    report.columns("exec handler over a fake chain", "CPU ns per call", "median", "of it added, ns", "added, B",
        "× constant header");
    double constant = ours.get("CONSTANT").cpu();
    row(report, "no handler", ours.get("NONE"), ours.get("NONE"), constant);
    TITLES.forEach((handler, title) -> row(report, title, ours.get(handler), ours.get("NONE"), constant));
    row(report, "Spring's OAuth2ClientHttpRequestInterceptor", others.get("spring"), others.get("springWithout"),
        Double.NaN);
    row(report, "azure's BearerTokenAuthenticationPolicy", others.get("azure"), others.get("azureWithout"), Double.NaN);
    row(report, "Google's HttpCredentialsAdapter", others.get("google"), others.get("googleWithout"), Double.NaN);
    report.note("A call makes what HttpClient makes for each call: a copy of the request, a context, a scope. Spring,"
        + " azure and Google are measured in their own kind of chain, against the same call without the interceptor.")
        .note(Jmh.settings());
  }

  private static void row(Report report, String title, Jmh.Sample with, Jmh.Sample without, double constant) {
    report.row(title, with.cpu(), with.cpuMedian(), with.cpu() - without.cpu(), with.bytes() - without.bytes(),
        with.cpu() / constant);
  }
}
