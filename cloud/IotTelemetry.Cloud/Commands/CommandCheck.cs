using System.Diagnostics.CodeAnalysis;
using System.Text;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>Makes a request of an order, or says why it cannot be. Pure but for the look at the assets.</summary>
internal sealed class CommandCheck(ICommandTargets targets, CommandOptions options)
{
    /// <summary>The code of an asset that no birth describes.</summary>
    public const string UnknownAsset = "unknown_asset";

    /// <summary>Checks all that can be checked without asking the gateway.</summary>
    /// <returns>The request, or null and <paramref name="invalid"/>.</returns>
    public CommandRequest? Check(CommandOrder order, DateTimeOffset now, BulkTicket? bulk, [NotNullWhen(false)] out CommandOutcome.Invalid? invalid)
    {
        invalid = TextFault("author", order.Author, 128) ?? TextFault("reason", order.Reason, 512) ?? LifeFault(order.Life);
        if (invalid is not null)
        {
            return null;
        }

        if (targets.Find(order.Asset) is not { } target)
        {
            invalid = new(UnknownAsset, $"There is no asset {order.Asset}.");
            return null;
        }

        if (PointOf(order, target, out invalid) is not { } point || ValueOf(order.Value, point, out invalid) is not { } value)
        {
            return null;
        }

        PointValue? expected = order.Expected is { } guard ? ValueOf(guard, point, out invalid) : null;
        return invalid is not null ? null : new CommandRequest
        {
            Id = SendingId.NewCommand(now),
            Asset = order.Asset,
            Gateway = target.Gateway,
            Point = point.Name,
            Value = value,
            Expected = expected,
            Author = order.Author,
            Reason = order.Reason,
            SelectFirst = order.SelectFirst ?? options.SelectFirstKinds.Contains(target.Kind),
            RequestedAt = CommandDriver.Milliseconds(now),
            Life = order.Life ?? options.DefaultLife,
            Bulk = bulk,
            IdempotencyKey = order.IdempotencyKey,
            Fingerprint = order.IdempotencyKey.Length > 0 ? order.Fingerprint : "",
        };
    }

    /// <summary>Why the guard does not hold by what the cloud has seen; null when it holds, or nothing was seen. The gateway asks again.</summary>
    public string? GuardFault(CommandRequest request)
    {
        if (request.Expected is not { } expected || targets.Find(request.Asset) is not { } target)
        {
            return null;
        }

        int index = IndexOf(target, request.Point);
        PointValue? seen = index < 0 ? null : target.ValueOf(index);
        return seen is { } value && value != expected ? $"{request.Asset} {request.Point} is {value}, not {expected}." : null;
    }

    /// <summary>Why a text is not allowed; null when it is.</summary>
    public static CommandOutcome.Invalid? TextFault(string name, string text, int maximum) =>
        string.IsNullOrWhiteSpace(text) ? Malformed($"{name} is missing.")
        : text.Length > maximum ? Malformed($"{name} has {text.Length} characters, at most {maximum} are allowed.")
        : text.Any(char.IsControl) ? Malformed($"{name} has control characters.")
        : null;

    private CommandOutcome.Invalid? LifeFault(TimeSpan? life) =>
        life < TimeSpan.FromSeconds(1) || life > options.MaximumLife
            ? Malformed($"An expiry of {life.Value.TotalSeconds} s is not allowed; 1 to {options.MaximumLife.TotalSeconds} s are.")
            : null;

    private static PointDefinition? PointOf(CommandOrder order, CommandTarget target, out CommandOutcome.Invalid? invalid)
    {
        invalid = null;
        if (order.Point is null)
        {
            PointDefinition[] settable = [.. target.Points.Where(point => point.Settable)];
            invalid = settable.Length == 1 ? null : new(
                settable.Length == 0 ? CodeName.Of(CommandCode.NotSettable) : CodeName.Of(CommandCode.UnknownPoint),
                settable.Length == 0 ? $"{order.Asset} has no point that can be set." : $"{order.Asset} has several points that can be set, name one: {string.Join(", ", settable.Select(p => p.Name))}.");
            return settable.Length == 1 ? settable[0] : null;
        }

        PointDefinition? point = IndexOf(target, order.Point) is >= 0 and int index ? target.Points[index] : null;
        invalid = point is null ? new(CodeName.Of(CommandCode.UnknownPoint), $"{order.Asset} has no point {order.Point}.")
            : !point.Settable ? new(CodeName.Of(CommandCode.NotSettable), $"{order.Asset} {order.Point} cannot be set.")
            : null;
        return invalid is null ? point : null;
    }

    private static PointValue? ValueOf(PointValue value, PointDefinition point, out CommandOutcome.Invalid? invalid)
    {
        PointValue given = point.Type switch
        {
            PointType.Boolean when value.Text is "on" or "closed" => PointValue.Of(true),
            PointType.Boolean when value.Text is "off" or "open" => PointValue.Of(false),
            PointType.Text when value.Text is "on" && point.Values?.Contains("closed") == true && !point.Values.Contains("on") => PointValue.Of("closed"),
            PointType.Text when value.Text is "off" && point.Values?.Contains("open") == true && !point.Values.Contains("off") => PointValue.Of("open"),
            _ => value,
        };
        invalid = TypeFault(given, point) ?? RangeFault(given, point);
        return invalid is null ? given : null;
    }

    private static CommandOutcome.Invalid? TypeFault(PointValue value, PointDefinition point)
    {
        bool fits = point.Type switch
        {
            PointType.Boolean => value.IsBoolean,
            PointType.Text => value.IsText && point.Values?.Contains(value.Text!) != false && Encoding.UTF8.GetByteCount(value.Text!) <= FrameLimits.TextBytes,
            PointType.Integer => value.IsNumber && double.IsInteger(value.Number),
            _ => value.IsNumber,
        };
        string allowed = point.Type switch
        {
            PointType.Boolean => "true or false",
            PointType.Text => point.Values is { } values ? string.Join(", ", values) : $"a text of at most {FrameLimits.TextBytes} bytes",
            PointType.Integer => "a whole number",
            _ => "a number",
        };
        return fits ? null : new(CodeName.Of(CommandCode.WrongType), $"'{value}' is no value for {point.Name}; allowed is {allowed}.");
    }

    private static CommandOutcome.Invalid? RangeFault(PointValue value, PointDefinition point) =>
        value.IsNumber && point.Range is { } range && !range.Contains(value.Number)
            ? new(CodeName.Of(CommandCode.OutOfRange), $"{value} is outside {range.Minimum?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any"} to {range.Maximum?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any"}, the range of {point.Name}.")
            : null;

    private static int IndexOf(CommandTarget target, string point)
    {
        for (int i = 0; i < target.Points.Count; i++)
        {
            if (target.Points[i].Name == point)
            {
                return i;
            }
        }

        return -1;
    }

    private static CommandOutcome.Invalid Malformed(string detail) => new(CodeName.Of(CommandCode.Malformed), detail);
}
