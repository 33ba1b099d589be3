using System.Security.Cryptography;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Commands;

/// <summary>
/// Carries out commands: checks, remembers, then sets the output. A late command is never executed; a repeated one is answered with the first one's result. Thread-safe: one command at a time.
/// </summary>
internal sealed class CommandHandler(
    IBoard board, Func<int, PointValue?> lastValue, CommandJournal journal, TimeProvider time, ILogger log)
{
    /// <summary>How long a select holds its point.</summary>
    public static readonly TimeSpan SelectTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A command issued later than this by our clock shows that our clock is behind, and an expiry cannot be judged.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Reservation> _reservations = [];

    /// <summary>Handles one message of the topic <c>command</c>; returns the encoded result, or null when the message cannot even be answered.</summary>
    public ReadOnlyMemory<byte>? Handle(ReadOnlyMemory<byte> payload)
    {
        Command command;
        try
        {
            command = Command.Decode(payload.Span);
        }
        catch (MessageFormatException exception)
        {
            CommandLog.Unreadable(log, exception.Message);
            return null;
        }

        lock (_gate)
        {
            var result = Answer(command);
            CommandLog.Handled(log, command.Id, command.Phase, command.Asset, command.Point, command.Value?.ToString() ?? "-", command.Author, result.State, result.Code);
            return result.Encode();
        }
    }

    private CommandResult Answer(Command command)
    {
        var fingerprint = FingerprintOf(command);
        if (journal.Find(command.Id, command.Phase) is { } earlier)
        {
            return earlier.Fingerprint != fingerprint ? Result(command, CommandState.Rejected, CommandCode.Duplicate, "the id was used before with another content")
                : earlier.Result ?? Result(command, CommandState.Failed, CommandCode.ShuttingDown, "the agent ended while the command was carried out; look at the feedback");
        }

        try
        {
            var point = FindPoint(command.Asset, command.Point);
            var result = Objection(command, point) ?? Perform(command, point, fingerprint);
            journal.Write(new JournalEntry(command.Id, command.Phase, fingerprint, result));
            return result;
        }
        catch (IOException exception)
        {
            // The journal could not be written. What it says of this command (nothing, or begun) keeps a repeat from moving the output twice.
            CommandLog.Failed(log, exception, command.Id);
            return Result(command, CommandState.Failed, CommandCode.HardwareFailure, exception.Message);
        }
    }

    /// <summary>Why the command is not carried out; null when nothing is in the way.</summary>
    private CommandResult? Objection(Command command, int point)
    {
        var now = time.GetUtcNow();
        if (now.ToUnixTimeMilliseconds() >= command.ExpiresMs || command.LifeMs is <= 0)
        {
            return Result(command, CommandState.Expired, CommandCode.Expired, null);
        }

        if (command.IssuedMs - now.ToUnixTimeMilliseconds() > ClockTolerance.TotalMilliseconds)
        {
            return Reject(command, CommandCode.ClockUnknown, "the command comes from the future: this gateway's clock is behind");
        }

        if (point < 0)
        {
            return Reject(command, CommandCode.UnknownPoint, $"there is no {command.Asset}/{command.Point} here");
        }

        var definition = board.Points[point];
        if (!definition.Settable)
        {
            return Reject(command, CommandCode.NotSettable, null);
        }

        if (command.Value is { } value && Unsuitable(value, definition) is { } code)
        {
            return Reject(command, code, null);
        }

        if (command.Expected is { } expected && lastValue(point) != expected)
        {
            return Reject(command, CommandCode.UnexpectedValue, $"the point has the value {lastValue(point)?.ToString() ?? "unknown"}");
        }

        return ReservationObjection(command, point);
    }

    private CommandResult? ReservationObjection(Command command, int point)
    {
        var reserved = _reservations.TryGetValue(point, out var reservation);
        var live = reserved && reservation.Until > time.GetTimestamp();
        if (reserved && !live)
        {
            _reservations.Remove(point);
        }

        return command.Phase switch
        {
            CommandPhase.Direct or CommandPhase.Select when live && reservation.Id != command.Id => Reject(command, CommandCode.Busy, "the point is selected by another command"),
            CommandPhase.Operate or CommandPhase.Cancel when reserved && !live && reservation.Id == command.Id => Reject(command, CommandCode.SelectTimeout, null),
            CommandPhase.Operate or CommandPhase.Cancel when !live || reservation.Id != command.Id => Reject(command, CommandCode.NotSelected, null),
            CommandPhase.Operate when reservation.Value != command.Value => Reject(command, CommandCode.NotSelected, "the select announced another value"),
            _ => null,
        };
    }

    private CommandResult Perform(Command command, int point, string fingerprint)
    {
        switch (command.Phase)
        {
            case CommandPhase.Select:
                _reservations[point] = new Reservation(command.Id, command.Value!.Value, time.GetTimestamp() + (long)(SelectTimeout.TotalSeconds * time.TimestampFrequency));
                return Result(command, CommandState.Selected, CommandCode.Ok, null) with
                {
                    SelectedUntilMs = (time.GetUtcNow() + SelectTimeout).ToUnixTimeMilliseconds(),
                };
            case CommandPhase.Cancel:
                _reservations.Remove(point);
                return Result(command, CommandState.Cancelled, CommandCode.Ok, null);
            default:
                // On the disk before the output moves: after a crash in between, a repeat must not move it again.
                journal.Write(new JournalEntry(command.Id, command.Phase, fingerprint, null));
                _reservations.Remove(point);
                return Operate(command, point);
        }
    }

    private CommandResult Operate(Command command, int point)
    {
        try
        {
            board.Write(point, command.Value!.Value.Number);
            return Result(command, CommandState.Executed, CommandCode.Ok, null);
        }
        catch (IOException exception)
        {
            CommandLog.Failed(log, exception, command.Id);
            return Result(command, CommandState.Failed, CommandCode.HardwareFailure, exception.Message);
        }
    }

    private CommandResult Reject(Command command, CommandCode code, string? detail) => Result(command, CommandState.Rejected, code, detail);

    private CommandResult Result(Command command, CommandState state, CommandCode code, string? detail) => new()
    {
        Id = command.Id,
        Phase = command.Phase,
        State = state,
        Code = code,
        Detail = detail is { Length: > 512 } ? detail[..512] : detail,
        AtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
    };

    private int FindPoint(string asset, string name)
    {
        for (var i = 0; i < board.Points.Count; i++)
        {
            if (board.Points[i].Name == name && board.Assets[board.Points[i].Asset].Id == asset)
            {
                return i;
            }
        }

        return -1;
    }

    private static CommandCode? Unsuitable(PointValue value, BoardPoint point) =>
        point.Kind == PointKind.Digital ? (value.IsBoolean ? null : CommandCode.WrongType)
        : !value.IsNumber ? CommandCode.WrongType
        : value.Number < point.Minimum || value.Number > point.Maximum ? CommandCode.OutOfRange
        : null;

    // The remaining life differs from one sending of a command to the next; all else must be the same.
    private static string FingerprintOf(Command command) => Convert.ToHexString(SHA256.HashData((command with { LifeMs = null }).Encode()), 0, 16);
}
