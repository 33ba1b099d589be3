using System.Collections.Frozen;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.Cloud.Door;

/// <summary>Which functions a reader may not call, because they reach files, the network or programs.</summary>
internal static class TableFunctions
{
    // Everything the engine has but these: a newer engine's new functions are refused until someone has looked at them.
    private static readonly string[] Harmless =
    [
        "numbers", "numbers_mt", "zeros", "zeros_mt", "primes", "values", "view", "viewExplain", "viewIfPermitted", "null", "generateRandom", "generate_series",
        "generateSeries", "format", "merge",
    ];

    // Not table functions, but as far-reaching: file() as a function reads any file, the others load a model or a library.
    private static readonly string[] Functions = ["file", "catboostEvaluate", "modelEvaluate", "executable"];

    /// <summary>The names, compared without case.</summary>
    public static async Task<FrozenSet<string>> ReadForbiddenAsync(IClickHouseEngine engine, CancellationToken cancellationToken)
    {
        HashSet<string> forbidden = new(Functions, StringComparer.OrdinalIgnoreCase);
        await foreach (NativeBlock block in engine.QueryAsync("SELECT name FROM system.table_functions", cancellationToken: cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                forbidden.Add((string)block["name"].GetValue(row)!);
            }
        }

        forbidden.ExceptWith(Harmless);
        return forbidden.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
