using System.Globalization;
using System.Text.RegularExpressions;

namespace IotTelemetry.ClickHouse;

/// <summary>ClickHouse refused or failed a statement, or could not be reached.</summary>
public sealed partial class ClickHouseException : Exception
{
    /// <summary>An error with ClickHouse's own code.</summary>
    public ClickHouseException(int code, string message, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        IsTransient = ClickHouseErrors.IsTransient(code);
    }

    /// <summary>An error before ClickHouse could answer: the engine did not start, or the server was out of reach.</summary>
    public ClickHouseException(string message, bool isTransient, Exception? inner = null)
        : base(message, inner) => IsTransient = isTransient;

    /// <summary>ClickHouse's error code (<c>system.errors.code</c>), or 0 when the error did not come from ClickHouse.</summary>
    public int Code { get; }

    /// <summary>True when the same statement may well succeed later: memory, too many parts or queries, timeouts, the server away.</summary>
    public bool IsTransient { get; }

    /// <summary>The statement surely did not reach ClickHouse.</summary>
    internal bool NotSent { get; init; }

    /// <summary>Reads ClickHouse's error text, <c>Code: 60. DB::Exception: Table … does not exist. (UNKNOWN_TABLE)</c>.</summary>
    internal static ClickHouseException Parse(string text, string doing)
    {
        Match match = ErrorText().Match(text);
        int code = match.Success ? int.Parse(match.Groups["code"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        return code == 0
            ? new ClickHouseException($"{doing}: {text.Trim()}", isTransient: false)
            : new ClickHouseException(code, $"{doing}: {text[match.Index..].Trim()}");
    }

    [GeneratedRegex(@"Code: (?<code>\d{1,6})(?:\.|, e\.displayText\(\) =) DB::")]
    private static partial Regex ErrorText();
}
