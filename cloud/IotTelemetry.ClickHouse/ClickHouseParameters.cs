using System.Globalization;
using System.Text;

namespace IotTelemetry.ClickHouse;

/// <summary>
/// Values for the placeholders <c>{name:Type}</c> of a statement (ClickHouse's query parameters): they travel beside the SQL, never inside it.
/// Not safe for changes from several threads at once.
/// </summary>
public sealed class ClickHouseParameters
{
    private readonly List<KeyValuePair<string, string>> _values = [];

    /// <summary>Names and values in ClickHouse's text form (TabSeparated escaping).</summary>
    internal List<KeyValuePair<string, string>> Values => _values;

    /// <summary>A text, for <c>{name:String}</c>; any characters.</summary>
    public ClickHouseParameters Add(string name, string value) => AddText(name, Escape(value));

    /// <summary>A signed integer.</summary>
    public ClickHouseParameters Add(string name, long value) => AddText(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>An unsigned integer.</summary>
    public ClickHouseParameters Add(string name, ulong value) => AddText(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A floating-point number.</summary>
    public ClickHouseParameters Add(string name, double value) =>
        AddText(name, double.IsPositiveInfinity(value) ? "inf" : double.IsNegativeInfinity(value) ? "-inf" : double.IsNaN(value) ? "nan" : value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>A moment, for <c>{name:DateTime64(3, 'UTC')}</c>; cut to milliseconds.</summary>
    public ClickHouseParameters Add(string name, DateTimeOffset value) => AddText(name, value.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));

    /// <summary>Texts, for <c>{name:Array(String)}</c>.</summary>
    public ClickHouseParameters Add(string name, IEnumerable<string> values)
    {
        // An array is written as a literal of quoted strings, and that literal is itself the escaped text of the parameter.
        StringBuilder text = new("[");
        foreach (string value in values)
        {
            text.Append(text.Length > 1 ? "," : "").Append('\'').Append(value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)).Append('\'');
        }

        return AddText(name, text.Append(']').ToString());
    }

    /// <summary>A value that is already in ClickHouse's text form, as a client sends it in <c>param_name=…</c>.</summary>
    public ClickHouseParameters AddText(string name, string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(text);
        _values.Add(new(name, text));
        return this;
    }

    private static string Escape(string value) => value
        .Replace("\\", @"\\", StringComparison.Ordinal).Replace("\t", @"\t", StringComparison.Ordinal)
        .Replace("\n", @"\n", StringComparison.Ordinal).Replace("\r", @"\r", StringComparison.Ordinal).Replace("\0", @"\0", StringComparison.Ordinal);
}
