using System.Globalization;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>What can be said against a command by looking at it, its point and the point's value.</summary>
internal static class CommandChecks
{
    /// <summary>Why the command cannot be meant for this point; null when it can.</summary>
    public static (CommandCode Code, string? Detail)? Objection(Command command, CommandOrigin origin, SwitchPlan plan, LiveBoard board)
    {
        if (plan.Find(command.Asset, command.Point) is not { } point)
        {
            return plan.Has(command.Asset, command.Point)
                ? (CommandCode.NotSettable, null)
                : (CommandCode.UnknownPoint, $"there is no {command.Asset}/{command.Point} here");
        }

        if (command.Phase == CommandPhase.Cancel)
        {
            return null;
        }

        if (Unsuitable(command.Value!.Value, point.Definition) is { } unsuitable)
        {
            return unsuitable;
        }

        // The fail-safe announces to nobody: the select is there for a person who thinks again.
        if (point.SelectFirst && command.Phase == CommandPhase.Direct && origin != CommandOrigin.FailSafe)
        {
            return (CommandCode.NotSelected, "this point is set by select and operate only");
        }

        var value = board.Value(point.Index);
        return command.Expected is { } expected && !IsSame(expected, value, point.Definition)
            ? (CommandCode.UnexpectedValue, $"the point has the value {value?.ToString() ?? "unknown"}")
            : null;
    }

    /// <summary>Tells one content of a command from another. The remaining life differs from one sending to the next; all else must be the same.</summary>
    public static string FingerprintOf(Command command) => Fnv1a.Compute((command with { LifeMs = null }).Encode()).ToString("x16", CultureInfo.InvariantCulture);

    private static (CommandCode Code, string? Detail)? Unsuitable(PointValue value, BoardPoint point) =>
        point.Kind == PointKind.Digital ? (value.IsBoolean ? null : (CommandCode.WrongType, "true or false is wanted"))
        : !value.IsNumber ? (CommandCode.WrongType, "a number is wanted")
        : value.Number < point.Minimum || value.Number > point.Maximum ? (CommandCode.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"{point.Minimum} to {point.Maximum} is allowed"))
        : null;

    private static bool IsSame(PointValue expected, PointValue? value, BoardPoint point) =>
        value == expected || (value is { IsNumber: true } number && expected.IsNumber && Math.Abs(number.Number - expected.Number) <= point.Resolution / 2);
}
