using System.Globalization;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>A value to set or seen: a boolean, a number or a text. Immutable.</summary>
[JsonConverter(typeof(PointValueConverter))]
public readonly record struct PointValue
{
    private readonly string? _text;
    private readonly double _number;
    private readonly bool _isBoolean;

    private PointValue(string? text, double number, bool isBoolean) => (_text, _number, _isBoolean) = (text, number, isBoolean);

    /// <summary>Whether it is a boolean.</summary>
    public bool IsBoolean => _isBoolean;

    /// <summary>Whether it is a text.</summary>
    public bool IsText => _text is not null;

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber => !_isBoolean && _text is null;

    /// <summary>The number, or 0 or 1 for a boolean; 0 for a text. Never NaN or infinite.</summary>
    public double Number => _number;

    /// <summary>The boolean; false for what is none.</summary>
    public bool Boolean => _isBoolean && _number != 0;

    /// <summary>The text, or null for what is none.</summary>
    public string? Text => _text;

    /// <summary>A boolean.</summary>
    public static PointValue Of(bool value) => new(null, value ? 1 : 0, true);

    /// <summary>A number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is NaN or infinite.</exception>
    public static PointValue Of(double value) =>
        double.IsFinite(value) ? new(null, value, false) : throw new ArgumentOutOfRangeException(nameof(value), value, "A value is finite.");

    /// <summary>A text, at most <see cref="FrameLimits.TextBytes"/> bytes as UTF-8 once it travels.</summary>
    public static PointValue Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text, 0, false);
    }

    /// <summary>As JSON would show it, without quotes.</summary>
    public override string ToString() => _text ?? (_isBoolean ? (Boolean ? "true" : "false") : _number.ToString("R", CultureInfo.InvariantCulture));
}
