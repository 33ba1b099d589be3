namespace IotTelemetry.Cloud.Hosting;

/// <summary>An option has a value that is not allowed. The message names the key, the value and what is allowed.</summary>
internal sealed class OptionException(string key, object? value, string allowed)
    : Exception($"{key}: '{value}' is not allowed; {allowed}")
{
    /// <summary>The option as the user wrote it, e.g. <c>--mqtt</c>.</summary>
    public string Key { get; } = key;

    /// <summary>Throws unless <paramref name="value"/> lies within [<paramref name="minimum"/>, <paramref name="maximum"/>].</summary>
    public static void ThrowIfOutside<T>(string key, T value, T minimum, T maximum)
        where T : IComparable<T>
    {
        if (value.CompareTo(minimum) < 0 || value.CompareTo(maximum) > 0)
        {
            throw new OptionException(key, value, $"allowed is {minimum} to {maximum}");
        }
    }
}
