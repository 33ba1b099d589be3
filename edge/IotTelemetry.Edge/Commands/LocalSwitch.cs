using System.Text.Json;
using System.Threading.Channels;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Control;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>Switches for somebody at the gateway, with the same interlocks and the same journal as commands from the cloud. Thread-safe.</summary>
internal sealed class LocalSwitch(SwitchPlan plan, CommandDesk desk, IGatewayClock clock)
{
    /// <summary>The verb over the control socket.</summary>
    public const string Verb = "set";

    private const string DefaultReason = "at the gateway";
    private const int LongestReason = 512;

    /// <summary>Answers the verb: each result is a line as it would go to the cloud.</summary>
    public async Task AnswerAsync(ControlRequest request, ControlPeer peer, ControlReply reply, CancellationToken stopping)
    {
        if (Read(request, peer, out var problem) is not { } command)
        {
            await reply.ProblemAsync(problem);
            return;
        }

        var results = Channel.CreateUnbounded<CommandResult>();
        var handled = ExecuteAsync(command, result => results.Writer.TryWrite(result));
        _ = handled.ContinueWith(_ => results.Writer.Complete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await foreach (var result in results.Reader.ReadAllAsync(stopping))
        {
            await reply.WriteAsync(result.Encode());
        }

        await handled;
    }

    /// <summary>Carries out what <see cref="Read"/> made of a request. A point that is set by select and operate only is selected for it first, so nobody else's operate comes in between.</summary>
    /// <returns>The last result, which was told like those before it.</returns>
    public async Task<CommandResult> ExecuteAsync(Command command, Action<CommandResult> tell)
    {
        if (!plan.Find(command.Asset, command.Point)!.SelectFirst)
        {
            return await desk.ExecuteAsync(command, CommandOrigin.Local, tell);
        }

        var selected = await desk.ExecuteAsync(command with { Phase = CommandPhase.Select }, CommandOrigin.Local, tell);
        if (selected.State != CommandState.Selected)
        {
            return selected;
        }

        var result = await desk.ExecuteAsync(command with { Phase = CommandPhase.Operate }, CommandOrigin.Local, tell);
        if (result.State == CommandState.Rejected)
        {
            await desk.ExecuteAsync(command with { Phase = CommandPhase.Cancel, Value = null }, CommandOrigin.Local, static _ => { });
        }

        return result;
    }

    /// <summary>The command that a request means; null, with the reason, when it means none.</summary>
    public Command? Read(ControlRequest request, ControlPeer peer, out string problem)
    {
        problem = "";
        var slash = request.Point?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash <= 0)
        {
            problem = $"the point {request.Point ?? "is missing"}: it is written ASSET/POINT";
            return null;
        }

        var (asset, name) = (request.Point![..slash], request.Point[(slash + 1)..]);
        if (plan.Find(asset, name) is not { } point)
        {
            problem = plan.Has(asset, name) ? $"{request.Point} cannot be set" : $"there is no {request.Point} here";
            return null;
        }

        if (ReadValue(request.Value, point.Definition) is not { } value)
        {
            problem = $"the value {request.Value?.ToString() ?? "is missing"}: {request.Point} takes {(point.Definition.Kind == PointKind.Digital ? "on and off" : "a number")}";
            return null;
        }

        var reason = request.Reason is { Length: > 0 } given ? given[..Math.Min(given.Length, LongestReason)] : DefaultReason;
        return OwnCommand.Create(clock, asset, name, value, peer.Author(request.SudoUser), reason);
    }

    private static PointValue? ReadValue(JsonElement? value, BoardPoint point) => (value?.ValueKind, point.Kind) switch
    {
        (JsonValueKind.True, PointKind.Digital) => PointValue.Of(true),
        (JsonValueKind.False, PointKind.Digital) => PointValue.Of(false),
        (JsonValueKind.Number, not PointKind.Digital) when value!.Value.TryGetDouble(out var number) && double.IsFinite(number) => PointValue.Of(number),
        _ => null,
    };
}
