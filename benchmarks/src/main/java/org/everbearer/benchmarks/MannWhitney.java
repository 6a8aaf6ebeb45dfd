package org.everbearer.benchmarks;

/** The two-sided Mann–Whitney test, exact for samples without ties (timings have none): no assumption of normality. */
final class MannWhitney {
  private MannWhitney() {}

  /** The probability that two samples of one distribution lie as far apart as these, or farther. */
  static double p(double[] one, double[] other) {
    int wins = 0;
    for (double a : one) {
      for (double b : other) {
        if (a < b) wins++;
      }
    }
    int fewer = Math.min(wins, one.length * other.length - wins);
    double[] ways = ways(one.length, other.length);
    double all = 0;
    double tail = 0;
    for (int u = 0; u < ways.length; u++) {
      all += ways[u];
      if (u <= fewer) tail += ways[u];
    }
    return Math.min(1, 2 * tail / all);
  }

  /** In how many orders of n and m values the first sample wins u comparisons, for each u. */
  private static double[] ways(int n, int m) {
    // counts[i][j]: of i and j values; the largest is of the one sample or of the other.
    double[][][] counts = new double[n + 1][m + 1][n * m + 1];
    for (int i = 0; i <= n; i++) {
      for (int j = 0; j <= m; j++) {
        for (int u = 0; u <= i * j; u++) {
          if (i == 0 || j == 0) counts[i][j][u] = 1;
          else counts[i][j][u] = (u >= j ? counts[i - 1][j][u - j] : 0) + counts[i][j - 1][u];
        }
      }
    }
    return counts[n][m];
  }
}
