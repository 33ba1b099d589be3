using IotTelemetry.Cloud.Commands;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Api;

/// <summary>A command as the API shows it: what was asked, where it is, and every row of its life.</summary>
internal sealed record CommandView
{
    public required Guid Id { get; init; }

    /// <summary><c>site/asset</c>.</summary>
    public required string Asset { get; init; }

    public required string Gateway { get; init; }

    public required string Point { get; init; }

    public required PointValue Value { get; init; }

    public PointValue? Expected { get; init; }

    public required string Author { get; init; }

    public required string Reason { get; init; }

    public required CommandMode Mode { get; init; }

    /// <summary>The bulk it belongs to.</summary>
    public Guid? Bulk { get; init; }

    public required long RequestedAtMs { get; init; }

    public required long ExpiresAtMs { get; init; }

    /// <summary>requested, waiting, selecting, selected, sent, accepted, executed, verified, unverified, rejected, expired, failed or cancelled.</summary>
    public required string State { get; init; }

    /// <summary>Nothing more is expected to happen.</summary>
    public required bool Final { get; init; }

    /// <summary>Why, a code of the protocol's specification, section 7.4, or no_answer, gateway_away, not_received, cancelled, bulk_stopped.</summary>
    public string? Code { get; init; }

    /// <summary>The same for a person.</summary>
    public string? Detail { get; init; }

    /// <summary>The point's value as the gateway saw it last.</summary>
    public PointValue? Observed { get; init; }

    public required IReadOnlyList<TransitionView> Transitions { get; init; }

    public static CommandView Of(TrackedCommand command)
    {
        CommandRequest request = command.Request;
        TransitionView[] transitions = [.. command.History.Select(TransitionView.Of)];
        return new CommandView
        {
            Id = request.Id,
            Asset = request.Asset.ToString(),
            Gateway = request.Gateway.Gateway,
            Point = request.Point,
            Value = request.Value,
            Expected = request.Expected,
            Author = request.Author,
            Reason = request.Reason,
            Mode = request.SelectFirst ? CommandMode.Select : CommandMode.Direct,
            Bulk = request.Bulk?.Id,
            RequestedAtMs = request.RequestedAt.ToUnixTimeMilliseconds(),
            ExpiresAtMs = command.ExpiresAt.ToUnixTimeMilliseconds(),
            State = transitions is [.., { } last] ? last.State : StageName.Of(CommandStage.Requested),
            Final = command.Stage.IsFinal(),
            Code = transitions.LastOrDefault()?.Code,
            Detail = transitions.LastOrDefault()?.Detail,
            Observed = transitions.LastOrDefault(transition => transition.Observed is not null)?.Observed,
            Transitions = transitions,
        };
    }
}
