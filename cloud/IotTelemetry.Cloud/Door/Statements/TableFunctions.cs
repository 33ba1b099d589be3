using System.Collections.Frozen;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.Cloud.Door.Statements;

/// <summary>Which functions a reader may not call, because they reach files, the network or programs.</summary>
internal static class TableFunctions
{
    // Everything the engine has but these: a newer engine's new functions are refused until someone has looked at them.
    private static readonly string[] Harmless =
    [
        "numbers", "numbers_mt", "zeros", "zeros_mt", "primes", "values", "view", "viewExplain", "viewIfPermitted", "null", "generateRandom", "generate_series",
        "generateSeries", "format", "input",
    ];

    // Not table functions, but as far-reaching: file() as a function reads any file, others load a model or a library, write the log, or tell how the engine was started.
    private static readonly string[] Functions = ["file", "catboostEvaluate", "modelEvaluate", "executable", "logTrace", "getServerSetting", "getMacro", "showCertificate"];

    // Those with names such as aiGenerate ask a service in the network; those that are not the system's run programs.
    private const string Sql = "SELECT name FROM system.table_functions UNION ALL SELECT name FROM system.functions WHERE match(name, '^ai[A-Z]') OR origin != 'System'";

    /// <summary>The names, compared without case.</summary>
    public static async Task<FrozenSet<string>> ReadForbiddenAsync(IClickHouseEngine engine, CancellationToken cancellationToken)
    {
        HashSet<string> forbidden = new(Functions, StringComparer.OrdinalIgnoreCase);
        await foreach (NativeBlock block in engine.QueryAsync(Sql, cancellationToken: cancellationToken))
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
