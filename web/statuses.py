"""With which status each fact is told; a test holds the table to the facts there are."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from bridges import errors as bridges
from meetings import approval_errors as approvals
from meetings import directory_errors, officedays, rrules, series_errors
from meetings import errors as meetings
from monitoring import errors as monitoring
from web import content_answers, errors

STATUS: Mapping[type[Exception], HTTPStatus] = MappingProxyType(
    {
        **content_answers.STATUS,
        errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
        errors.BadCredentials: HTTPStatus.UNAUTHORIZED,
        errors.Forbidden: HTTPStatus.FORBIDDEN,
        errors.CrossSite: HTTPStatus.FORBIDDEN,
        errors.PageNotFound: HTTPStatus.NOT_FOUND,
        errors.LinkUsed: HTTPStatus.GONE,
        errors.TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
        errors.TooBusy: HTTPStatus.SERVICE_UNAVAILABLE,
        errors.DatabaseDown: HTTPStatus.SERVICE_UNAVAILABLE,
        errors.WeakPassword: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.BadForm: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.BadRequest: HTTPStatus.BAD_REQUEST,
        errors.UnsupportedBody: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        errors.NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
        errors.PreconditionMissing: HTTPStatus.PRECONDITION_REQUIRED,
        meetings.ConferenceNotFound: HTTPStatus.NOT_FOUND,
        meetings.SitesNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.OfficialsNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.AlreadyThere: HTTPStatus.CONFLICT,
        meetings.NotFree: HTTPStatus.CONFLICT,
        meetings.UnitNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.GroupNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.SiteBusy: HTTPStatus.CONFLICT,
        meetings.NoSeats: HTTPStatus.CONFLICT,
        meetings.IllegalMove: HTTPStatus.CONFLICT,
        meetings.StaleVersion: HTTPStatus.PRECONDITION_FAILED,
        meetings.TooLate: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.SecretContent: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.InProgress: HTTPStatus.CONFLICT,
        meetings.Contended: HTTPStatus.SERVICE_UNAVAILABLE,
        meetings.DirectoryNotFound: HTTPStatus.NOT_FOUND,
        meetings.LoginTaken: HTTPStatus.CONFLICT,
        meetings.PersonNotFound: HTTPStatus.NOT_FOUND,
        meetings.ProvinceNotFound: HTTPStatus.NOT_FOUND,
        meetings.ProvincesUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
        meetings.BadRows: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.ImpossibleHeadcount: HTTPStatus.UNPROCESSABLE_ENTITY,
        directory_errors.UnitInUse: HTTPStatus.CONFLICT,
        directory_errors.BadReformDate: HTTPStatus.UNPROCESSABLE_ENTITY,
        directory_errors.ContactNotFound: HTTPStatus.NOT_FOUND,
        directory_errors.StaleRecord: HTTPStatus.PRECONDITION_FAILED,
        directory_errors.GroupExists: HTTPStatus.CONFLICT,
        directory_errors.CodeTaken: HTTPStatus.CONFLICT,
        series_errors.SeriesNotFound: HTTPStatus.NOT_FOUND,
        series_errors.SeriesClash: HTTPStatus.CONFLICT,
        series_errors.NeedsApproval: HTTPStatus.CONFLICT,
        series_errors.DateNotSkipped: HTTPStatus.CONFLICT,
        rrules.BadRule: HTTPStatus.UNPROCESSABLE_ENTITY,
        officedays.DayNotFound: HTTPStatus.NOT_FOUND,
        officedays.DayTaken: HTTPStatus.CONFLICT,
        officedays.NoWeekend: HTTPStatus.UNPROCESSABLE_ENTITY,
        officedays.StaleEntry: HTTPStatus.PRECONDITION_FAILED,
        approvals.NotYourTurn: HTTPStatus.FORBIDDEN,
        approvals.ChainNotFound: HTTPStatus.NOT_FOUND,
        approvals.ChainExists: HTTPStatus.CONFLICT,
        approvals.NotWaiting: HTTPStatus.NOT_FOUND,
        approvals.Unseen: HTTPStatus.CONFLICT,
        approvals.Protected: HTTPStatus.CONFLICT,
        approvals.StaleChain: HTTPStatus.PRECONDITION_FAILED,
        monitoring.DeviceNotFound: HTTPStatus.NOT_FOUND,
        monitoring.DeviceExists: HTTPStatus.CONFLICT,
        monitoring.TargetNotFound: HTTPStatus.NOT_FOUND,
        monitoring.BadTarget: HTTPStatus.UNPROCESSABLE_ENTITY,
        monitoring.Unseen: HTTPStatus.BAD_GATEWAY,
        monitoring.NoAnswer: HTTPStatus.BAD_GATEWAY,
        bridges.BridgeNotFound: HTTPStatus.NOT_FOUND,
        bridges.BridgeExists: HTTPStatus.CONFLICT,
        bridges.StaleBridge: HTTPStatus.PRECONDITION_FAILED,
        bridges.RotationUnderWay: HTTPStatus.CONFLICT,
        bridges.NoBridgeFits: HTTPStatus.CONFLICT,
        bridges.RoomNotFound: HTTPStatus.NOT_FOUND,
        bridges.BadNews: HTTPStatus.BAD_REQUEST,
        bridges.SpoolFull: HTTPStatus.SERVICE_UNAVAILABLE,
        bridges.SpoolInUse: HTTPStatus.SERVICE_UNAVAILABLE,
        bridges.SnapshotMissing: HTTPStatus.SERVICE_UNAVAILABLE,
        bridges.BridgeSilent: HTTPStatus.BAD_GATEWAY,
        bridges.NothingToExtend: HTTPStatus.CONFLICT,
        bridges.ExtensionTooLong: HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
